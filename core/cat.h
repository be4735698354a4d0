// SPDX-License-Identifier: Apache-2.0
// cat(a, b, ...): one string of several values, as error messages print them.
#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace firesteel {

inline void append(std::string& out, std::string_view value) { out += value; }

template <class T>
  requires std::is_arithmetic_v<T>
void append(std::string& out, T value) {
  if constexpr (std::is_same_v<T, bool>) {
    out += value ? "true" : "false";
  } else if constexpr (std::is_same_v<T, char>) {
    out += value;
  } else {
    char text[48];
    auto end = std::to_chars(text, text + sizeof text, value).ptr;
    out.append(text, end);
  }
}

template <class T>
void append(std::string& out, const std::vector<T>& values) {
  out += '[';
  for (size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out += ", ";
    append(out, static_cast<T>(values[i]));
  }
  out += ']';
}

template <class... Words>
std::string cat(const Words&... words) {
  std::string out;
  (append(out, words), ...);
  return out;
}

}  // namespace firesteel
