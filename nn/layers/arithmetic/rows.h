// SPDX-License-Identifier: Apache-2.0
// Loops over rows of numbers, and sums within a row.
#pragma once

#include <cstdint>

#include "core/threads.h"

namespace firesteel {

// Numbers that are worth a thread's start.
inline constexpr int64_t kNumbersOfPart = 16 << 10;

// body(row) for `count` rows that each take about `work` operations; several at once.
template <class Body>
void each_row(int64_t count, int64_t work, const Body& body) {
  parallel_for(count, kNumbersOfPart / (work > 0 ? work : 1) + 1, [&](int64_t from, int64_t to) {
    for (int64_t row = from; row < to; ++row) body(row);
  });
}

// The sum of term(i) for i in [0, count), in eight lanes.
template <class T, class Term>
T sum_of(int64_t count, const Term& term) {
  constexpr int64_t kLanes = 8;
  T lanes[kLanes] = {};
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (int64_t lane = 0; lane < kLanes; ++lane) lanes[lane] += term(i + lane);
  }
  for (; i < count; ++i) lanes[i % kLanes] += term(i);
  T sum = 0;
  for (T lane : lanes) sum += lane;
  return sum;
}

template <class T>
T dot(const T* a, const T* b, int64_t count) {
  return sum_of<T>(count, [&](int64_t i) { return a[i] * b[i]; });
}

}  // namespace firesteel
