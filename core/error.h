// SPDX-License-Identifier: Apache-2.0
// The four error types of Firesteel and the one-line checks that throw them.
// A message reads "where: rule, got value[. Hint]".
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

#include "core/cat.h"

namespace firesteel {

struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};
// An attribute of a layer, loss, optimizer, ... has an unusable value.
struct AttrError : Error {
  using Error::Error;
};
// Shapes that do not fit together.
struct ShapeError : Error {
  using Error::Error;
};
// A file or message that is not what it should be.
struct FormatError : Error {
  using Error::Error;
};
// The machine said no: files, sockets, memory, libraries.
struct SystemError : Error {
  using Error::Error;
};

template <class E = ShapeError, class... Words>
[[noreturn]] void fail(const Words&... words) {
  throw E(cat(words...));
}

template <class E = ShapeError, class... Words>
void require(bool condition, const Words&... words) {
  if (!condition) fail<E>(words...);
}

// Adds where an error happened and keeps its type: "resnet/conv1: " + text.
[[noreturn]] void rethrow_at(const std::string& where);

}  // namespace firesteel
