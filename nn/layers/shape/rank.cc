// SPDX-License-Identifier: Apache-2.0
// Rank: y[n] = how many extents x has.
#include <algorithm>

#include "nn/layer.h"

namespace firesteel {

struct Rank final : InferenceLayerOf<Rank> {
  static constexpr auto schema() {
    return Schema{"Rank", "shape",
                  "Gives the number of extents of its input, the batch included: one number in "
                  "each row."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{2, 3, 4}}}; }

  Shapes infer(const Shapes& in) const override { return {{in[0][0]}}; }
  Steps steps(const Shape&) const override { return Steps::each; }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      std::fill_n(static_cast<T*>(r.y()), r.rows(), static_cast<T>(r.in().size()));
    });
  }
};
FIRESTEEL_LAYER(Rank);

}  // namespace firesteel
