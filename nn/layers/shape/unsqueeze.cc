// SPDX-License-Identifier: Apache-2.0
// Unsqueeze: y = x with one more extent, of 1.
#include "nn/layers/shape/extents.h"
#include "nn/layers/shape/reshape.h"

namespace firesteel {

struct Unsqueeze final : ReshapeOf<Unsqueeze> {
  int64_t dim = 1;

  static constexpr auto schema() {
    return Schema{
        "Unsqueeze", "shape", "Adds an extent of 1.",
        required("dim", &Unsqueeze::dim,
                 "where it is in the result; the batch is 0, the last one -1", not_batch)};
  }
  static Sample sample() { return {.attrs = {{"dim", int64_t{2}}}, .in = {{2, 3, 4}}}; }

  Shapes infer(const Shapes& in) const override {
    Shape out = in[0];
    out.insert(out.begin() + static_cast<std::ptrdiff_t>(place_of_new(dim, in[0])), 1);
    return {out};
  }
  Steps steps(const Shape& in) const override { return steps_behind(new_extent_of(dim, in)); }
};
FIRESTEEL_LAYER(Unsqueeze);

}  // namespace firesteel
