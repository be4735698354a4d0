// SPDX-License-Identifier: Apache-2.0
// Stack: y = the inputs beside each other along a new extent.
#include "nn/layers/shape/blocks.h"
#include "nn/layers/shape/extents.h"

namespace firesteel {

struct Stack final : LayerOf<Stack> {
  int64_t dim = 1;

  static constexpr auto schema() {
    return Schema{"Stack", "shape", "Joins inputs of one shape along a new extent.",
                  attr("dim", &Stack::dim,
                       "where it is in the result; the batch is 0, the last one -1", not_batch)};
  }
  static Sample sample() {
    return {.attrs = {{"dim", int64_t{2}}}, .in = {{2, 3, 4}, {2, 3, 4}, {2, 3, 4}}};
  }

  int most_inputs() const override { return 64; }

  Shapes infer(const Shapes& in) const override {
    for (const Shape& shape : in) {
      require(shape == in[0], "inputs must have one shape, got ", without_batch(in[0]), " and ",
              without_batch(shape));
    }
    Shape out = in[0];
    out.insert(out.begin() + static_cast<std::ptrdiff_t>(place_of_new(dim, in[0])),
               static_cast<int64_t>(in.size()));
    return {out};
  }
  Steps steps(const Shape& in) const override { return steps_behind(new_extent_of(dim, in)); }

  void forward(Run& r) const override {
    Blocks whole = blocks(r);
    for (size_t i = 0; i < r.inputs(); ++i) {
      copy_range_into(whole, static_cast<int64_t>(i), 1, r.dtype(), r.x(i), r.y());
    }
  }
  void backward(Run& r) const override {
    Blocks whole = blocks(r);
    for (size_t i = 0; i < r.inputs(); ++i) {
      if (!r.dx(i)) continue;
      copy_range_from(whole, static_cast<int64_t>(i), 1, r.dtype(), r.dy(), r.dx(i));
    }
  }

 private:
  Blocks blocks(const Run& r) const {
    return Blocks(r.out(), static_cast<int64_t>(extent_of(dim, r.out())));
  }
};
FIRESTEEL_LAYER(Stack);

}  // namespace firesteel
