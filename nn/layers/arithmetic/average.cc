// SPDX-License-Identifier: Apache-2.0
// Average: y = (x1 + x2 + ...) / their number, element by element.
#include "nn/layers/arithmetic/several.h"

namespace firesteel {

struct Average final : SeveralOf<Average> {
  static constexpr auto schema() {
    return Schema{
        "Average", "arithmetic",
        "The mean of its inputs, element by element; extents of 1, or missing in front, are "
        "repeated."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{2, 3, 4}, {2, 3, 4}, {2, 3, 1}}}; }

  template <class T>
  static void fold(const T* a, const T* b, T* y, int64_t count) {
    for (int64_t i = 0; i < count; ++i) y[i] = a[i] + b[i];
  }
  template <class T>
  static void finish(T* y, size_t inputs, int64_t count) {
    T share = 1 / static_cast<T>(inputs);
    for (int64_t i = 0; i < count; ++i) y[i] *= share;
  }
  template <class T>
  static void gradient(const Chunk<T>& chunk, size_t, T* g) {
    T share = 1 / static_cast<T>(chunk.inputs);
    for (int64_t i = 0; i < chunk.count; ++i) g[i] = share * chunk.dy[i];
  }
};
FIRESTEEL_LAYER(Average);

}  // namespace firesteel
