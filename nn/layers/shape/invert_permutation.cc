// SPDX-License-Identifier: Apache-2.0
// InvertPermutation: y[n, x[n, i]] = i.
#include <algorithm>

#include "nn/layer.h"
#include "nn/layers/shape/ids.h"

namespace firesteel {

struct InvertPermutation final : InferenceLayerOf<InvertPermutation> {
  static constexpr auto schema() {
    return Schema{"InvertPermutation", "shape",
                  "Gives for each number from 0 where it is in the row: the last place of those "
                  "that are there several times, -1 for those that are not."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 5}}, .ids_below = 5}; }

  Shapes infer(const Shapes& in) const override {
    require(in[0].size() == 2, "input must be rows of numbers, got ", without_batch(in[0]));
    return {in[0]};
  }
  void prepare(Prepare& p) const override {
    p.scratch(static_cast<size_t>(numel(p.in())) * sizeof(int64_t));
  }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      int64_t width = r.in().back();
      auto* places = static_cast<int64_t*>(r.scratch());
      read_ids(kind(), static_cast<const T*>(r.x()), r.elements(), width, places);
      auto* y = static_cast<T*>(r.y());
      std::fill_n(y, r.elements(), T(-1));
      for (int64_t n = 0; n < r.rows(); ++n, places += width, y += width) {
        for (int64_t i = 0; i < width; ++i) y[places[i]] = static_cast<T>(i);
      }
    });
  }
};
FIRESTEEL_LAYER(InvertPermutation);

}  // namespace firesteel
