// SPDX-License-Identifier: Apache-2.0
// GetShape: y[n] = the extents of x behind the batch.
#include "nn/layer.h"

namespace firesteel {

struct GetShape final : InferenceLayerOf<GetShape> {
  static constexpr auto schema() {
    return Schema{"GetShape", "shape",
                  "Gives the extents of its input as numbers, in each row. The batch is not among "
                  "them: rows do not know of each other."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{2, 3, 4}}}; }

  Shapes infer(const Shapes& in) const override {
    require(in[0].size() >= 2, "input must have at least one extent besides the batch");
    return {{in[0][0], static_cast<int64_t>(in[0].size()) - 1}};
  }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      auto* y = static_cast<T*>(r.y());
      for (int64_t n = 0; n < r.rows(); ++n) {
        for (size_t d = 1; d < r.in().size(); ++d) *y++ = static_cast<T>(r.in()[d]);
      }
    });
  }
};
FIRESTEEL_LAYER(GetShape);

}  // namespace firesteel
