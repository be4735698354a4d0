// SPDX-License-Identifier: Apache-2.0
// Which elements dropout keeps.
#pragma once

#include "nn/layers/regularization/noise.h"

namespace firesteel {

// mask: rows x per_row, 0 with probability p and 1 otherwise.
inline void draw_mask(const Run& r, int64_t per_row, float p, uint8_t* mask) {
  each_draw(r, per_row, [&](int64_t at, int64_t count, const Philox& bits) {
    for (int64_t i = 0; i < count; ++i) mask[at + i] = to_unit(bits[static_cast<size_t>(i)]) >= p;
  });
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
