// SPDX-License-Identifier: Apache-2.0
// Enums as users write them: a table of names in the order of the values.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "core/error.h"

namespace firesteel {

template <size_t N>
using Names = std::array<std::string_view, N>;

// Throws AttrError "attribute: must be one of a, b, got 'c'".
template <class Enum, size_t N>
Enum value_of(std::string_view name, const Names<N>& names, const char* attribute) {
  std::string list;
  for (size_t i = 0; i < N; ++i) {
    if (names[i] == name) return static_cast<Enum>(i);
    list += cat(i > 0 ? ", " : "", names[i]);
  }
  fail<AttrError>(attribute, ": must be one of ", list, ", got '", name, "'");
}

}  // namespace firesteel
