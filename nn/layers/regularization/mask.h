// SPDX-License-Identifier: Apache-2.0
// Which elements dropout keeps: a function of (seed, step, sample, layer, element).
#pragma once

#include <algorithm>

#include "core/rng.h"
#include "nn/run.h"

namespace firesteel {

// mask: rows x per_row, 0 with probability p and 1 otherwise.
inline void draw_mask(const Run& r, int64_t per_row, float p, uint8_t* mask) {
  const BatchContext& batch = r.batch();
  uint64_t key = mix(mix(batch.seed, r.layer_key()), static_cast<uint64_t>(batch.step));
  for (int64_t row = 0; row < r.rows(); ++row) {
    auto sample = static_cast<uint64_t>(batch.samples[static_cast<size_t>(row)]);
    for (int64_t i = 0; i < per_row; i += 4) {
      Philox bits = philox(key, sample, static_cast<uint64_t>(i / 4));
      for (int64_t j = i; j < std::min(i + 4, per_row); ++j) {
        *mask++ = to_unit(bits[static_cast<size_t>(j - i)]) >= p;
      }
    }
  }
}

// to = from m / (1 - p).
template <class T, class Result>
void apply_mask(const uint8_t* mask, float p, const void* from, void* to, int64_t count) {
  auto* x = static_cast<const T*>(from);
  auto* y = static_cast<Result*>(to);
  T scale = 1 / (1 - static_cast<T>(p));
  for (int64_t i = 0; i < count; ++i) y[i] = Result(mask[i] ? x[i] * scale : T(0));
}

}  // namespace firesteel
