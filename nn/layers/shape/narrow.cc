// SPDX-License-Identifier: Apache-2.0
// Narrow: y = x[..., start : start + length, ...], a range of one dimension.
#include "nn/layer.h"
#include "nn/layers/shape/blocks.h"

namespace firesteel {

struct Narrow final : LayerOf<Narrow> {
  int64_t dim = 1, start = 0, length = 0;

  static constexpr auto schema() {
    return Schema{"Narrow",
                  "shape",
                  "Takes a range of one dimension: one part of rows that hold several.",
                  attr("dim", &Narrow::dim, "dimension; the batch is 0", positive),
                  attr("start", &Narrow::start, "where the range begins", nonnegative),
                  required("length", &Narrow::length, "length of the range", positive)};
  }
  static Sample sample() {
    return {.attrs = {{"dim", int64_t{2}}, {"start", int64_t{1}}, {"length", int64_t{2}}},
            .in = {{2, 3, 4, 2}}};
  }

  Shapes infer(const Shapes& in) const override {
    auto d = static_cast<size_t>(dim);
    require(d < in[0].size() && start + length <= in[0][d], "input must have ", start + length,
            " numbers in dimension ", dim, ", got ", without_batch(in[0]));
    Shape out = in[0];
    out[d] = length;
    return {out};
  }
  // Every row has a first step.
  Steps steps(const Shape&) const override {
    return dim > 1 || start + length == 1 ? Steps::each : Steps::mixed;
  }

  void forward(Run& r) const override {
    copy_range_from(Blocks(r.in(), dim), start, length, r.dtype(), r.x(), r.y());
  }
  void backward(Run& r) const override {
    if (!r.dx()) return;
    std::memset(r.dx(), 0, static_cast<size_t>(numel(r.in())) * size_of(r.dtype()));
    copy_range_into(Blocks(r.in(), dim), start, length, r.dtype(), r.dy(), r.dx());
  }
};
FIRESTEEL_LAYER(Narrow);

}  // namespace firesteel
