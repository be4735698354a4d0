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
// What is not a number stays so.
inline V limited(V v, V least, V most) {
  v = least > v ? least : v;
  return most < v ? most : v;
}

}  // namespace
}  // namespace firesteel::kernels::FIRESTEEL_ISA
