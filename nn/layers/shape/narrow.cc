// SPDX-License-Identifier: Apache-2.0
// Narrow: y = x[..., start : start + length, ...], a range of one dimension.
#include "nn/layers/shape/extents.h"
#include "nn/layers/shape/view.h"

namespace firesteel {

struct Narrow final : ViewOf<Narrow> {
  int64_t dim = 1, start = 0, length = 0;

  static constexpr auto schema() {
    return Schema{
        "Narrow",
        "shape",
        "Takes a range of one dimension: one part of rows that hold several.",
        attr("dim", &Narrow::dim, "dimension; the batch is 0, the last one -1", not_batch),
        attr("start", &Narrow::start, "where the range begins; -1 is the last place"),
        required("length", &Narrow::length, "length of the range", positive)};
  }
  static Sample sample() {
    return {.attrs = {{"dim", int64_t{2}}, {"start", int64_t{1}}, {"length", int64_t{2}}},
            .in = {{2, 3, 4, 2}}};
  }
  void check() const override {
    require<AttrError>(start >= 0 || length <= -start, "Narrow.length: must be <= ", -start,
                       " from start ", start, ", got ", length);
  }

  TensorView view(const Shape& in) const override {
    size_t d = extent_of(dim, in);
    int64_t needed = start < 0 ? -start : start + length;
    require(d > 0 && d < in.size() && needed <= in[d], "input must have ", needed,
            " numbers in dimension ", dim, ", got ", without_batch(in));
    TensorView v(in);
    v.take(d, start < 0 ? start + in[d] : start, length);
    return v;
  }
  // Every row has a first step.
  Steps steps(const Shape& in) const override {
    return start == 0 && length == 1 ? Steps::each : steps_behind(extent_of(dim, in));
  }
};
FIRESTEEL_LAYER(Narrow);

}  // namespace firesteel
