// SPDX-License-Identifier: Apache-2.0
// Loops that become vector code.
#pragma once

#include <cstdint>

#include "core/vector_loop.h"

namespace firesteel::kernels::FIRESTEEL_ISA {
namespace {

// Compilers keep the order of a sum; these partial results allow another one, the same on every
// instruction set.
constexpr int64_t kLanes = 16;

// start, taken together with every i in [0, n) by step(result, i), and the partial results by both.
template <class T, class Step, class Both>
inline T reduce(int64_t n, T start, const Step& step, const Both& both) {
  T lanes[kLanes];
  for (int64_t l = 0; l < kLanes; ++l) lanes[l] = start;
  const int64_t whole = n - n % kLanes;
  for (int64_t i = 0; i < whole; i += kLanes) {
    for (int64_t l = 0; l < kLanes; ++l) lanes[l] = step(lanes[l], i + l);
  }
  for (int64_t i = whole; i < n; ++i) lanes[i - whole] = step(lanes[i - whole], i);
  for (int64_t half = kLanes / 2; half > 0; half /= 2) {
    for (int64_t l = 0; l < half; ++l) lanes[l] = both(lanes[l], lanes[l + half]);
  }
  return lanes[0];
}

template <class T, class Term>
inline T sum(int64_t n, const Term& term) {
  return reduce<T>(
      n, T(0), [&](T a, int64_t i) { return a + term(i); }, [](T a, T b) { return a + b; });
}

}  // namespace
}  // namespace firesteel::kernels::FIRESTEEL_ISA
