// SPDX-License-Identifier: Apache-2.0
// ScatterElements: y = x but y[n, ..., id[n, ..., k, ..., j], ..., j] = updates[n, ..., k, ..., j],
// or += it, as torch.scatter.
#include "nn/layers/shape/elements.h"

namespace firesteel {

struct ScatterElements final : LayerOf<ScatterElements> {
  int64_t dim = 1;
  std::string reduction = "none";

  static constexpr auto schema() {
    return Schema{"ScatterElements", "shape",
                  "Writes the numbers of the third input into the first, at the places along one "
                  "extent that the second has for them.",
                  attr("dim", &ScatterElements::dim, "the extent; the batch is 0, the last one -1",
                       not_batch),
                  attr("reduction", &ScatterElements::reduction,
                       "what becomes of the number that is there: none (replaced; the last one "
                       "written stays) or add")};
  }
  static Sample sample() {
    return {.attrs = {{"dim", int64_t{2}}},
            .in = {{2, 3, 4, 2}, {2, 3, 5, 2}, {2, 3, 5, 2}},
            .ids_below = 4,
            .ids_inputs = {1}};
  }
  void check() const override {
    require<AttrError>(adds() || reduction == "none",
                       "ScatterElements.reduction: must be one of none, add, got '", reduction,
                       "'");
  }

  int least_inputs() const override { return 3; }

  Shapes infer(const Shapes& in) const override {
    require_alike(in[0], in[1], dim);
    require(in[1] == in[2], "inputs must have an id for each update, got ", without_batch(in[1]),
            " and ", without_batch(in[2]));
    return {in[0]};
  }
  Steps steps(const Shape& in) const override { return steps_behind(extent_of(dim, in)); }
  void prepare(Prepare& p) const override {
    ElementIds::prepare(p);
    p.scratch(static_cast<size_t>(numel(p.in())) * size_of(p.env().dtype));
  }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      ElementIds ids = ElementIds::read<T>(r, kind(), dim);
      auto* updates = static_cast<const T*>(r.x(2));
      auto* y = static_cast<T*>(r.y());
      std::copy_n(static_cast<const T*>(r.x()), numel(r.in()), y);
      if (adds()) {
        ids.each([&](int64_t whole, int64_t part) { y[whole] += updates[part]; });
      } else {
        ids.each([&](int64_t whole, int64_t part) { y[whole] = updates[part]; });
      }
    });
  }
  void backward(Run& r) const override {
    no_gradient(r, 1);
    by_dtype(r.dtype(), [&]<class T>() {
      // What is left of dy for the numbers that were there before.
      T* rest = static_cast<T*>(r.dx() ? r.dx() : r.scratch());
      auto* updates = static_cast<T*>(r.dx(2));
      std::copy_n(static_cast<const T*>(r.dy()), numel(r.in()), rest);
      // Backwards: the last one that was written takes it, and nothing is left for others.
      ElementIds(r, dim).each(
          [&, take = !adds()](int64_t whole, int64_t part) {
            if (updates) updates[part] = rest[whole];
            if (take) rest[whole] = 0;
          },
          true);
    });
  }

 private:
  bool adds() const { return reduction == "add"; }
};
FIRESTEEL_LAYER(ScatterElements);

}  // namespace firesteel
