// SPDX-License-Identifier: Apache-2.0
// GatherElements: y[n, ..., k, ..., j] = x[n, ..., id[n, ..., k, ..., j], ..., j], as torch.gather.
#include "nn/layers/shape/elements.h"

namespace firesteel {

struct GatherElements final : LayerOf<GatherElements> {
  int64_t dim = 1;

  static constexpr auto schema() {
    return Schema{"GatherElements", "shape",
                  "Takes numbers along one extent: each number of the second input is the place "
                  "in it of one of the first.",
                  attr("dim", &GatherElements::dim, "the extent; the batch is 0, the last one -1",
                       not_batch)};
  }
  static Sample sample() {
    return {.attrs = {{"dim", int64_t{2}}},
            .in = {{2, 3, 4, 2}, {2, 3, 5, 2}},
            .ids_below = 4,
            .ids_inputs = {1}};
  }

  int least_inputs() const override { return 2; }

  Shapes infer(const Shapes& in) const override {
    require_alike(in[0], in[1], dim);
    return {in[1]};
  }
  Steps steps(const Shape& in) const override { return steps_behind(extent_of(dim, in)); }
  void prepare(Prepare& p) const override { ElementIds::prepare(p); }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      ElementIds ids = ElementIds::read<T>(r, kind(), dim);
      auto* x = static_cast<const T*>(r.x());
      auto* y = static_cast<T*>(r.y());
      ids.each([&](int64_t whole, int64_t part) { y[part] = x[whole]; });
    });
  }
  void backward(Run& r) const override {
    no_gradient(r, 1);
    if (!r.dx()) return;
    by_dtype(r.dtype(), [&]<class T>() {
      auto* dy = static_cast<const T*>(r.dy());
      auto* dx = static_cast<T*>(r.dx());
      std::fill_n(dx, numel(r.in()), T(0));
      ElementIds(r, dim).each([&](int64_t whole, int64_t part) { dx[whole] += dy[part]; });
    });
  }
};
FIRESTEEL_LAYER(GatherElements);

}  // namespace firesteel
