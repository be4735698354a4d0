// SPDX-License-Identifier: Apache-2.0
// Repeat: y[..., i, ...] = x for all i of a new extent.
#include "nn/layers/shape/extents.h"
#include "nn/layers/shape/view.h"

namespace firesteel {

struct Repeat final : ViewOf<Repeat> {
  int64_t dim = 1, times = 1;

  static constexpr auto schema() {
    return Schema{"Repeat", "shape", "Repeats its input along a new extent.",
                  attr("dim", &Repeat::dim,
                       "where it is in the result; the batch is 0, the last one -1", not_batch),
                  required("times", &Repeat::times, "how often", positive)};
  }
  static Sample sample() {
    return {.attrs = {{"dim", int64_t{2}}, {"times", int64_t{3}}}, .in = {{2, 3, 4}}};
  }

  TensorView view(const Shape& in) const override {
    TensorView v(in);
    v.repeat(place_of_new(dim, in), times);
    return v;
  }
  Steps steps(const Shape& in) const override { return steps_behind(new_extent_of(dim, in)); }
};
FIRESTEEL_LAYER(Repeat);

}  // namespace firesteel
