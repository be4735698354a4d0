// SPDX-License-Identifier: Apache-2.0
// Mul: y = x1 x2 ..., element by element.
#include "nn/layers/arithmetic/several.h"

namespace firesteel {

struct Mul final : SeveralOf<Mul> {
  static constexpr bool kReadsInputs = true;
  static constexpr auto schema() {
    return Schema{"Mul", "arithmetic",
                  "Multiplies inputs element by element; extents of 1, or missing in front, are "
                  "repeated."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{2, 3, 4}, {2, 4}, {2, 3, 1}}}; }

  template <class T>
  static void fold(const T* a, const T* b, T* y, int64_t count) {
    for (int64_t i = 0; i < count; ++i) y[i] = a[i] * b[i];
  }
  template <class T>
  static void gradient(const Chunk<T>& chunk, size_t k, T* g) {
    const T* before = chunk.dy;
    for (size_t j = 0; j < chunk.inputs; ++j) {
      if (j == k) continue;
      fold(before, chunk.x[j], g, chunk.count);
      before = g;
    }
  }
};
FIRESTEEL_LAYER(Mul);

}  // namespace firesteel
