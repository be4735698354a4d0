// SPDX-License-Identifier: Apache-2.0
// The functions of softmax.h. Math: the number type T and exp.
#pragma once

#include "backend/kernels/loop.inc.h"
#include "backend/kernels/softmax.h"

namespace firesteel::kernels::FIRESTEEL_ISA {
namespace {

// How many numbers of a row count.
inline int64_t seen(const SoftmaxRows& s, int64_t row) {
  const int64_t all = s.lengths ? s.lengths[row / s.group] : s.width;
  const int64_t before = row % s.width + 1;
  return s.causal && before < all ? before : all;
}

template <class Math>
void softmax(const SoftmaxRows& s, void* data) {
  using T = typename Math::T;
  const T scale = static_cast<T>(s.scale);
  for (int64_t row = 0; row < s.rows; ++row) {
    T* x = static_cast<T*>(data) + row * s.width;
    const int64_t n = seen(s, row);
    T most = reduce<T>(
        n, x[0], [&](T a, int64_t i) { return x[i] > a ? x[i] : a; },
        [](T a, T b) { return a > b ? a : b; });
    FIRESTEEL_VECTOR_LOOP
    for (int64_t i = 0; i < n; ++i) x[i] = Math::exp((x[i] - most) * scale);
    T part = 1 / sum<T>(n, [&](int64_t i) { return x[i]; });
    FIRESTEEL_VECTOR_LOOP
    for (int64_t i = 0; i < n; ++i) x[i] *= part;
    for (int64_t i = n; i < s.width; ++i) x[i] = 0;
  }
}

template <class Math>
void softmax_backward(const SoftmaxRows& s, const void* result, void* diff) {
  using T = typename Math::T;
  const T scale = static_cast<T>(s.scale);
  for (int64_t row = 0; row < s.rows; ++row) {
    const T* y = static_cast<const T*>(result) + row * s.width;
    T* d = static_cast<T*>(diff) + row * s.width;
    T dot = sum<T>(s.width, [&](int64_t i) { return y[i] * d[i]; });
    FIRESTEEL_VECTOR_LOOP
    for (int64_t i = 0; i < s.width; ++i) d[i] = scale * y[i] * (d[i] - dot);
  }
}

template <class Math>
constexpr Softmax kTable = {softmax<Math>, softmax_backward<Math>};

}  // namespace
}  // namespace firesteel::kernels::FIRESTEEL_ISA
