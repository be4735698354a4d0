// SPDX-License-Identifier: Apache-2.0
// Add: y = x1 + x2 + ..., element by element: the shortcut of residual networks.
#include "nn/layer.h"

namespace firesteel {

struct Add final : LayerOf<Add> {
  static constexpr auto schema() {
    return Schema{"Add", "arithmetic", "Adds inputs of the same shape, element by element."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{2, 3, 2}, {2, 3, 2}}}; }

  int least_inputs() const override { return 2; }
  int most_inputs() const override { return 16; }
  Role role() const override { return Role::sum; }

  Shapes infer(const Shapes& in) const override {
    for (const Shape& shape : in) {
      require(shape == in[0], "inputs must have one shape, got ", without_batch(in[0]), " and ",
              without_batch(shape));
    }
    return {in[0]};
  }
  Steps steps(const Shape&) const override { return Steps::each; }

  void prepare(Prepare& p) const override {
    // All in the layout of the first, whatever it is: the others are converted where they differ.
    for (size_t i = 0; i < p.inputs(); ++i) p.want(i, p.offered());
    p.set_output(0, p.offered());
    p.in_place();
  }

  void forward(Run& r) const override {
    by_value_dtype(r.value_dtype(), [&]<class T>() {
      auto* y = static_cast<T*>(r.y());
      auto* first = static_cast<const T*>(r.x());
      for (size_t i = 1; i < r.inputs(); ++i) {
        auto* x = static_cast<const T*>(r.x(i));
        for (int64_t e = 0; e < r.elements(); ++e) y[e] = static_cast<T>(first[e] + x[e]);
        first = y;
      }
    });
  }

  void backward(Run& r) const override {
    for (size_t i = 0; i < r.inputs(); ++i) {
      if (r.dx(i)) r.pass_on(r.dy(), r.dx(i));
    }
  }
};
FIRESTEEL_LAYER(Add);

}  // namespace firesteel
