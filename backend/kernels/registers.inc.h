// SPDX-License-Identifier: Apache-2.0
// The widest registers of an instruction set that has fused multiplication and addition.
#pragma once

#include <immintrin.h>

namespace firesteel::kernels::FIRESTEEL_ISA {
namespace {

#ifdef __AVX512F__
using V = __m512;
constexpr int kLanes = 16;
inline V load(const float* p) { return _mm512_loadu_ps(p); }
inline void store(float* p, V v) { _mm512_storeu_ps(p, v); }
inline V all(float x) { return _mm512_set1_ps(x); }
inline V fma(V a, V b, V c) { return _mm512_fmadd_ps(a, b, c); }
#else
using V = __m256;
constexpr int kLanes = 8;
inline V load(const float* p) { return _mm256_loadu_ps(p); }
inline void store(float* p, V v) { _mm256_storeu_ps(p, v); }
inline V all(float x) { return _mm256_set1_ps(x); }
inline V fma(V a, V b, V c) { return _mm256_fmadd_ps(a, b, c); }
#endif
inline float sum_of(V v) {
  float numbers[kLanes];
  store(numbers, v);
  for (int half = kLanes / 2; half > 4; half /= 2) {
    __m256 sum = _mm256_loadu_ps(numbers) + _mm256_loadu_ps(numbers + half);
    _mm256_storeu_ps(numbers, sum);
  }
  __m128 four = _mm_loadu_ps(numbers) + _mm_loadu_ps(numbers + 4);
  return (four[0] + four[1]) + (four[2] + four[3]);
}
// What is not a number stays so.
inline V limited(V v, V least, V most) {
  v = least > v ? least : v;
  return most < v ? most : v;
}

}  // namespace
}  // namespace firesteel::kernels::FIRESTEEL_ISA
