// SPDX-License-Identifier: Apache-2.0
// Random numbers of a training step: functions of (seed, step, sample, layer, element).
//
// Normal numbers are computed without the standard library's functions, so that every host has the
// same bits.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>

#include "core/rng.h"
#include "core/threads.h"
#include "nn/layer.h"

namespace firesteel {

// Calls body(index of the first of them, how many, four random words) for all numbers of rows x
// per_row, up to four at a time. Without samples, as where a model is applied, all rows get the same
// words.
template <class Body>
void each_draw(const Run& r, int64_t per_row, const Body& body) {
  const BatchContext& batch = r.batch();
  uint64_t key = mix(mix(batch.seed, r.layer_key()), static_cast<uint64_t>(batch.step));
  // Where rows are steps, those of a sample have its numbers one after the other.
  int64_t steps = r.samples() > 0 ? r.rows() / r.samples() : 1, draws = (per_row + 3) / 4;
  int64_t grain = std::max<int64_t>(1, 1024 / std::max<int64_t>(1, draws));
  parallel_for(r.rows(), grain, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      auto at = static_cast<size_t>(row / steps);
      uint64_t sample = r.samples() > 0 ? static_cast<uint64_t>(batch.samples[at]) : 0;
      auto first = static_cast<uint64_t>(r.samples() > 0 ? row % steps * draws : 0);
      for (int64_t i = 0; i < draws; ++i) {
        body(row * per_row + 4 * i, std::min<int64_t>(4, per_row - 4 * i),
             philox(key, sample, first + static_cast<uint64_t>(i)));
      }
    }
  });
}

namespace random {

// ln x of a normal number: x = 2^k m with m in [sqrt(1/2), sqrt(2)), and ln m as the series of
// 2 artanh((m - 1) / (m + 1)).
inline float log(float x) {
  constexpr int32_t kRootHalf = 0x3f3504f3;
  int32_t bits = std::bit_cast<int32_t>(x) - kRootHalf;
  auto k = static_cast<float>(bits >> 23);
  float m = std::bit_cast<float>((bits & 0x7fffff) + kRootHalf);
  float t = (m - 1) / (m + 1), u = t * t;
  float rest = t * u * (0.6666666667f + u * (0.4f + u * (0.2857142857f + u * 0.2222222222f)));
  return k * 0.69314718f + (2 * t + rest);
}

// Cosine and sine of `turn` full turns, turn in [0, 1): by Taylor's series within an eighth of one
// around the nearest quarter.
inline void cosine_and_sine(float turn, float* cosine, float* sine) {
  int quarter = (static_cast<int>(turn * 8) + 1) / 2;
  float a = (turn - static_cast<float>(quarter) * 0.25f) * 6.283185307f, s = a * a;
  float y = a * (1 - s / 6 * (1 - s / 20 * (1 - s / 42 * (1 - s / 72))));
  float x = 1 - s / 2 * (1 - s / 12 * (1 - s / 30 * (1 - s / 56)));
  bool turned = (quarter & 1) != 0;
  float c = turned ? -y : x, d = turned ? x : y;
  bool opposite = (quarter & 2) != 0;
  *cosine = opposite ? -c : c;
  *sine = opposite ? -d : d;
}

// Four independent normal numbers. Box and Muller, 1958.
inline void normal(const Philox& bits, float* to) {
  for (size_t i = 0; i < 4; i += 2) {
    float length = std::sqrt(-2 * log(1 - to_unit(bits[i]))), c = 0, s = 0;
    cosine_and_sine(to_unit(bits[i + 1]), &c, &s);
    to[i] = length * c;
    to[i + 1] = length * s;
  }
}

}  // namespace random

// rows x per_row normal numbers.
inline void draw_normal(const Run& r, int64_t per_row, float* to) {
  each_draw(r, per_row, [&](int64_t at, int64_t count, const Philox& bits) {
    float four[4];
    random::normal(bits, four);
    std::copy_n(four, count, to + at);
  });
}

// A layer that does nothing in inference: any layout will do there.
inline void prepare_noise(Prepare& p) {
  if (!p.training()) {
    p.take_as_offered();
    p.set_output(0, p.offered());
  }
  p.in_place();
}

}  // namespace firesteel
