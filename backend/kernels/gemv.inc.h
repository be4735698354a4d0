// SPDX-License-Identifier: Apache-2.0
// The functions of gemv.h.
#pragma once

#include "backend/kernels/gemv.h"
#include "backend/kernels/registers.inc.h"

namespace firesteel::kernels::FIRESTEEL_ISA {
namespace {

constexpr int kMostRows = 4;

// One output of kRows rows.
template <int kRows>
void dot(const GemvShape& s, const float* x, const float* w, float bias, float* y) {
  constexpr int kSums = kRows > 2 ? 2 : 4;  // of a row, so that additions need not wait
  constexpr int64_t kAhead = 2048;          // numbers; the next outputs' follow without a gap
  V sums[kRows][kSums];
#pragma GCC unroll 4
  for (int n = 0; n < kRows; ++n) {
#pragma GCC unroll 4
    for (int k = 0; k < kSums; ++k) sums[n][k] = all(0);
  }
  int64_t i = 0;
  for (; i + kSums * kLanes <= s.inputs; i += kSums * kLanes) {
#pragma GCC unroll 4
    for (int k = 0; k < kSums; ++k) {
      V weights = load(w + i + k * kLanes);
      __builtin_prefetch(w + i + k * kLanes + kAhead);
#pragma GCC unroll 4
      for (int n = 0; n < kRows; ++n) {
        sums[n][k] = fma(load(x + n * s.inputs + i + k * kLanes), weights, sums[n][k]);
      }
    }
  }
#pragma GCC unroll 4
  for (int n = 0; n < kRows; ++n) {
    V total = sums[n][0];
#pragma GCC unroll 4
    for (int k = 1; k < kSums; ++k) total += sums[n][k];
    float value = sum_of(total) + bias;
    for (int64_t rest = i; rest < s.inputs; ++rest) value += x[n * s.inputs + rest] * w[rest];
    y[n * s.outputs] = value;
  }
}

template <int kRows>
void dots(const GemvShape& s, const float* x, const float* w, const float* bias, float* y,
          int64_t from, int64_t to) {
  if constexpr (kRows > 1) {
    if (s.rows < kRows) return dots<kRows - 1>(s, x, w, bias, y, from, to);
  }
  for (int64_t o = from; o < to; ++o) {
    dot<kRows>(s, x, w + o * s.inputs, bias ? bias[o] : 0, y + o);
  }
}

constexpr GemvTable kTable = {kMostRows, dots<kMostRows>};

}  // namespace
}  // namespace firesteel::kernels::FIRESTEEL_ISA
