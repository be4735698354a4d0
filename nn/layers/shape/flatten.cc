// SPDX-License-Identifier: Apache-2.0
// Flatten: each row of any shape becomes one row of numbers.
#include <cstring>

#include "nn/layer.h"

namespace firesteel {

struct Flatten final : LayerOf<Flatten> {
  static constexpr auto schema() {
    return Schema{"Flatten", "shape", "Makes one row of numbers out of each sample of any shape."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{2, 3, 2, 2}}}; }

  Shapes infer(const Shapes& in) const override {
    return {{in[0][0], numel(without_batch(in[0]))}};
  }
  void prepare(Prepare& p) const override { p.in_place(); }
  void forward(Run& r) const override { copy(r, r.x(), r.y()); }
  void backward(Run& r) const override {
    if (r.dx()) copy(r, r.dy(), r.dx());
  }

 private:
  static void copy(const Run& r, const void* from, void* to) {
    if (from == to) return;
    std::memcpy(to, from, static_cast<size_t>(r.elements()) * size_of(r.dtype()));
  }
};
FIRESTEEL_LAYER(Flatten);

}  // namespace firesteel
