// SPDX-License-Identifier: Apache-2.0
// The functions of vector_math.inc.h by the standard library: for f64 and the reference.
#pragma once

#include <cmath>

namespace firesteel::kernels {

template <class Number>
struct Plain {
  using T = Number;
  static T exp(T x) { return std::exp(x); }
  static T sigmoid(T x) { return 1 / (1 + std::exp(-x)); }
  static T tanh(T x) { return std::tanh(x); }
};

}  // namespace firesteel::kernels
