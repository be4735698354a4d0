// SPDX-License-Identifier: Apache-2.0
// Select: y = x[..., index, ...], one number of an extent, which is left out.
#include "nn/layers/shape/extents.h"
#include "nn/layers/shape/view.h"

namespace firesteel {

struct Select final : ViewOf<Select> {
  int64_t dim = 1, index = 0;

  static constexpr auto schema() {
    return Schema{
        "Select", "shape", "Takes one place of an extent, which is then no more.",
        attr("dim", &Select::dim, "the extent; the batch is 0, the last one -1", not_batch),
        required("index", &Select::index, "the place; -1 is the last one")};
  }
  static Sample sample() {
    return {.attrs = {{"dim", int64_t{2}}, {"index", int64_t{-1}}}, .in = {{2, 3, 4, 2}}};
  }

  TensorView view(const Shape& in) const override {
    size_t at = place_of(dim, in);
    int64_t place = index < 0 ? index + in[at] : index;
    require(place >= 0 && place < in[at], "input must have a place ", index, " in extent ", dim,
            ", got ", without_batch(in));
    TensorView v(in);
    v.take(at, place, 1);
    v.drop(at);
    return v;
  }
  // Every row has a first step.
  Steps steps(const Shape& in) const override {
    return index == 0 ? Steps::each : steps_behind(extent_of(dim, in));
  }
};
FIRESTEEL_LAYER(Select);

}  // namespace firesteel
