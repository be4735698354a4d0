// SPDX-License-Identifier: Apache-2.0
// Functions of scores, for any size of theirs.
#pragma once

#include <cmath>

namespace firesteel {

// 1 / (1 + exp(-x))
template <class T>
T logistic(T x) {
  T small = std::exp(-std::abs(x));
  return (x >= 0 ? T(1) : small) / (1 + small);
}
// log(1 + exp(x))
template <class T>
T softplus(T x) {
  return (x > 0 ? x : T(0)) + std::log1p(std::exp(-std::abs(x)));
}

}  // namespace firesteel
