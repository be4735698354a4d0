// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <limits>
#include <numbers>

namespace firesteel {

// The derivative of log(gamma(x)). At its poles it is infinite (zero), or not a number (whole
// numbers below).
inline double digamma(double x) {
  if (x == 0) return std::copysign(std::numeric_limits<double>::infinity(), -x);
  double sum = 0;
  if (x < 0) {
    // By its mirror image at 1/2; only the part after the point counts for the tangent.
    double part = x - std::floor(x);
    if (part == 0) return std::numeric_limits<double>::quiet_NaN();
    sum -= std::numbers::pi / std::tan(std::numbers::pi * part);
    x = 1 - x;
  }
  // digamma(x) = digamma(x + 1) - 1 / x, up to where its asymptotic series has all digits.
  for (; x < 10; ++x) sum -= 1 / x;
  double z = 1 / (x * x);
  double series =
      z * (1. / 12 -
           z * (1. / 120 -
                z * (1. / 252 - z * (1. / 240 - z * (1. / 132 - z * (691. / 32760 - z / 12))))));
  return sum + std::log(x) - 1 / (2 * x) - series;
}

}  // namespace firesteel
