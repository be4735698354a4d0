// SPDX-License-Identifier: Apache-2.0
// exp, sigmoid and tanh for f32, right to a few units in the last place, without branches or calls:
// a loop over them becomes vector code.
#pragma once

#include <cstdint>

namespace firesteel::kernels::FIRESTEEL_ISA {
namespace {

struct Fast {
  using T = float;

  // x = k ln 2 + r with |r| <= ln(2) / 2.
  struct Reduced {
    float power;  // 2^k
    float rest;  // e^r - 1
  };
  static inline Reduced reduce(float x) {
    constexpr float kRound = 0x1.8p23f;  // adding it leaves the nearest whole number below
    constexpr float kLn2High = 0x1.62e4p-1f, kLn2Low = 1.42860682e-6f;
    float shifted = x * 1.44269504f + kRound;
    float k = shifted - kRound;
    float r = (x - k * kLn2High) - k * kLn2Low;
    // (e^r - 1 - r) / r^2, a Chebyshev fit: off by less than 1e-8.
    float q = 0.5f + r * (0.1666657667f +
                          r * (0.04166655421f + r * (0.008363232884f + r * 0.001392625083f)));
    // The low bits of `shifted` are k; they go into the exponent.
    auto bits = __builtin_bit_cast(int32_t, shifted);
    return {__builtin_bit_cast(float, (bits + 127) << 23), r + r * r * q};
  }
  static inline float clamp(float x, float least, float most) {
    x = x < least ? least : x;
    return x > most ? most : x;
  }

  // Beyond 87 on either side the number at 87: neither infinite nor denormal.
  static inline float exp(float x) {
    Reduced e = reduce(clamp(x, -87.f, 87.f));
    return e.power + e.power * e.rest;
  }
  // x = 2^k m with m in [sqrt(1/2), sqrt(2)), and ln m = 2 artanh((m - 1) / (m + 1)) as a series.
  // Of what is not above the least normal number: its logarithm.
  static inline float log(float x) {
    x = x < 0x1p-126f ? 0x1p-126f : x;
    constexpr int32_t kRootHalf = 0x3f3504f3;
    int32_t bits = __builtin_bit_cast(int32_t, x) - kRootHalf;
    auto k = static_cast<float>(bits >> 23);
    float m = __builtin_bit_cast(float, (bits & 0x7fffff) + kRootHalf);
    float t = (m - 1) / (m + 1), u = t * t;
    float rest = t * u * (0.6666666667f + u * (0.4f + u * (0.2857142857f + u * 0.2222222222f)));
    return k * 0.69314718f + (2 * t + rest);
  }
  static inline float sigmoid(float x) { return 1 / (1 + exp(-x)); }
  // By e^2x - 1, which is exact to the last bits near zero too. From 9.1 on it rounds to 1.
  static inline float tanh(float x) {
    Reduced e = reduce(clamp(2 * x, -18.2f, 18.2f));
    float less_one = e.power * e.rest + (e.power - 1);
    return less_one / (less_one + 2);
  }
};

}  // namespace
}  // namespace firesteel::kernels::FIRESTEEL_ISA
