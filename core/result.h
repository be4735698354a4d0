// SPDX-License-Identifier: Apache-2.0
// Result: how the network code reports expected failures, as a value with a chain of causes.
// Exceptions are for mistakes; a lost peer is an event that the caller decides upon.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "core/error.h"

namespace firesteel {

class [[nodiscard]] Result {
 public:
  static Result success() { return Result(); }
  // suspect: the rank of the worker held responsible, -1 when none is known.
  static Result failure(std::string message, int suspect = -1) {
    Result result;
    result.message_ = std::move(message);
    result.suspect_ = suspect;
    return result;
  }

  bool ok() const { return !message_; }
  int suspect() const { return suspect_; }
  const std::string& message() const {
    static const std::string kNone;
    return message_ ? *message_ : kNone;
  }
  // The same failure seen from further up: "while doing that: <cause>".
  Result because(const std::string& context) const {
    return ok() ? *this : failure(cat(context, ": ", *message_), suspect_);
  }
  void throw_if_failed() const {
    if (!ok()) throw SystemError(*message_);
  }

 private:
  std::optional<std::string> message_;
  int suspect_ = -1;
};

}  // namespace firesteel
