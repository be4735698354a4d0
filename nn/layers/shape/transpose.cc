// SPDX-License-Identifier: Apache-2.0
// Transpose: y[..., j, ..., i, ...] = x[..., i, ..., j, ...], two extents changed over.
#include "nn/layers/shape/extents.h"
#include "nn/layers/shape/view.h"

namespace firesteel {

struct Transpose final : ViewOf<Transpose> {
  int64_t dim0 = 1, dim1 = 2;

  static constexpr auto schema() {
    return Schema{
        "Transpose", "shape", "Changes two extents over.",
        required("dim0", &Transpose::dim0, "one; the batch is 0, the last one -1", not_batch),
        required("dim1", &Transpose::dim1, "the other", not_batch)};
  }
  static Sample sample() {
    return {.attrs = {{"dim0", int64_t{1}}, {"dim1", int64_t{-1}}}, .in = {{2, 3, 2, 9}}};
  }

  TensorView view(const Shape& in) const override {
    size_t a = place_of(dim0, in), b = place_of(dim1, in);
    TensorView v(in);
    std::swap(v.extents[a], v.extents[b]);
    std::swap(v.steps[a], v.steps[b]);
    return v;
  }
  Steps steps(const Shape& in) const override {
    return steps_behind(std::min(extent_of(dim0, in), extent_of(dim1, in)));
  }
};
FIRESTEEL_LAYER(Transpose);

}  // namespace firesteel
