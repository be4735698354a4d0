// SPDX-License-Identifier: Apache-2.0
// Whole quotients that are rounded down, and what then remains.
#pragma once

#include <cmath>

namespace firesteel {

// Of b's sign.
template <class T>
T floor_remainder(T a, T b) {
  T rest = std::fmod(a, b);
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

// Exact also where a / b is rounded to the next whole number.
template <class T>
T floor_quotient(T a, T b) {
  return b == 0 ? a / b : std::round((a - floor_remainder(a, b)) / b);
}

}  // namespace firesteel
