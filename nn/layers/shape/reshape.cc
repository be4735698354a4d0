// SPDX-License-Identifier: Apache-2.0
// Reshape: the numbers of a row, in their order, in another shape.
#include "nn/layers/shape/reshape.h"

#include <algorithm>

namespace firesteel {

struct Reshape final : ReshapeOf<Reshape> {
  Dims shape;

  static constexpr auto schema() {
    return Schema{
        "Reshape", "shape", "Gives each row another shape with as many numbers.",
        required("shape", &Reshape::shape,
                 "extents without the batch; one may be -1 and follows from the others", nonempty)};
  }
  static Sample sample() { return {.attrs = {{"shape", Dims{-1, 4}}}, .in = {{2, 3, 2, 2}}}; }

  void check() const override {
    bool positive =
        std::all_of(shape.begin(), shape.end(), [](int64_t d) { return d > 0 || d == -1; });
    require<AttrError>(positive && std::count(shape.begin(), shape.end(), -1) <= 1,
                       "Reshape.shape: extents must be > 0 but for one -1, got ", shape);
  }

  Shapes infer(const Shapes& in) const override {
    Shape out = with_batch(in[0][0], shape);
    int64_t have = numel(without_batch(in[0])), want = std::abs(numel(shape));
    auto free = std::find(out.begin(), out.end(), -1);
    if (free != out.end()) *free = have / want, want *= *free;
    require(have == want, "a row of ", without_batch(in[0]), " cannot have the shape ", shape);
    return {out};
  }
};
FIRESTEEL_LAYER(Reshape);

}  // namespace firesteel
