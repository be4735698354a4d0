// SPDX-License-Identifier: Apache-2.0
// Add: y = x1 + x2 + ..., element by element: the shortcut of residual networks.
#include "nn/layers/arithmetic/several.h"

namespace firesteel {

struct Add final : SeveralOf<Add> {
  static constexpr auto schema() {
    return Schema{
        "Add", "arithmetic",
        "Adds inputs element by element; extents of 1, or missing in front, are repeated."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{2, 3, 2}, {2, 3, 2}}}; }

  // Of two inputs of one shape: nn/fusion.cc.
  Role role() const override { return Role::sum; }

  template <class T>
  static void fold(const T* a, const T* b, T* y, int64_t count) {
    for (int64_t i = 0; i < count; ++i) y[i] = a[i] + b[i];
  }
  template <class T>
  static void gradient(const Chunk<T>& chunk, size_t, T* g) {
    if (g != chunk.dy) std::copy_n(chunk.dy, chunk.count, g);
  }

  void backward(Run& r) const override {
    const auto& walk = r.op<Broadcast>();
    bool sums = false;
    for (size_t k = 0; k < r.inputs(); ++k) sums = sums || walk.repeated(k);
    if (sums) return SeveralOf<Add>::backward(r);
    for (size_t k = 0; k < r.inputs(); ++k) {
      if (r.dx(k)) r.pass_on(r.dy(), r.dx(k));
    }
  }
};
FIRESTEEL_LAYER(Add);

}  // namespace firesteel
