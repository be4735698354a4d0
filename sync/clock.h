// SPDX-License-Identifier: Apache-2.0
// Deadlines, and spans of time as the failure texts print them.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>

namespace firesteel {

using Clock = std::chrono::steady_clock;
using Instant = Clock::time_point;
using Millis = std::chrono::milliseconds;

inline double seconds(Clock::duration span) { return std::chrono::duration<double>(span).count(); }

// "1.25 s"
inline std::string in_words(Clock::duration span) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f s", seconds(span));
  return text;
}

// What is left until `deadline` as the timeout of poll(): rounded up, never negative.
inline int poll_timeout(Instant deadline, Instant now = Clock::now()) {
  auto left = std::chrono::ceil<Millis>(deadline - now).count();
  return static_cast<int>(std::clamp<decltype(left)>(left, 0, 60'000));
}

}  // namespace firesteel
