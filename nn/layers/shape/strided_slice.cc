// SPDX-License-Identifier: Apache-2.0
// StridedSlice: y = x[:, start : end : stride, ...], as Python counts.
#include "nn/layers/shape/extents.h"
#include "nn/layers/shape/view.h"

namespace firesteel {

struct StridedSlice final : ViewOf<StridedSlice> {
  Dims starts, ends, strides;

  static constexpr auto schema() {
    return Schema{
        "StridedSlice",
        "shape",
        "Takes each n-th number of ranges. The lists have a number for each extent behind the "
        "batch, or for the first of them: the others stay whole.",
        attr("starts", &StridedSlice::starts,
             "where ranges begin; -1 is the last place; empty: at the begin, or at the end where "
             "the stride is negative"),
        attr("ends", &StridedSlice::ends,
             "before which place they end; -1 is the last place, and numbers far beyond an extent "
             "mean all up to its end; empty: all"),
        attr("strides", &StridedSlice::strides, "steps, which may be negative; empty: 1",
             not_batch)};
  }
  static Sample sample() {
    return {.attrs = {{"starts", Dims{0, -1, 1}},
                      {"ends", Dims{2, -9, 9}},
                      {"strides", Dims{1, -2, 2}}},
            .in = {{2, 3, 4, 5}}};
  }

  TensorView view(const Shape& in) const override {
    size_t count = std::max({starts.size(), ends.size(), strides.size()});
    require(count < in.size(), "input must have ", count, " extents, got ", without_batch(in));
    TensorView v(in);
    for (size_t d = 1; d <= count; ++d) {
      auto [first, length, stride] = range(d - 1, in[d]);
      require(length > 0, "input must have numbers in the range of extent ", d, ", got ",
              without_batch(in));
      v.take(d, first, length, stride);
    }
    return v;
  }
  Steps steps(const Shape& in) const override {
    if (in.size() < 3) return Steps::mixed;
    auto [first, length, stride] = range(0, in[1]);
    return first == 0 && length == in[1] && stride == 1 ? Steps::each : Steps::mixed;
  }

 private:
  struct Range {
    int64_t first, length, stride;
  };
  // Of the i-th extent behind the batch.
  Range range(size_t i, int64_t extent) const {
    int64_t stride = i < strides.size() ? strides[i] : 1;
    bool down = stride < 0;
    // Where a range that runs up can begin and end, and one that runs down.
    int64_t least = down ? -1 : 0, most = down ? extent - 1 : extent;
    auto place = [&](const Dims& list, int64_t open) {
      if (i >= list.size()) return open;
      int64_t at = list[i];
      return std::clamp(at < 0 ? at + extent : at, least, most);
    };
    int64_t first = place(starts, down ? most : least), end = place(ends, down ? least : most);
    int64_t step = down ? -stride : stride, room = down ? first - end : end - first;
    return {first, room > 0 ? (room + step - 1) / step : 0, stride};
  }
};
FIRESTEEL_LAYER(StridedSlice);

}  // namespace firesteel
