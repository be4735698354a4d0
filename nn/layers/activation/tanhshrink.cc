// SPDX-License-Identifier: Apache-2.0
// Tanhshrink: y = x - tanh(x).
#include "nn/layers/math/pointwise.h"

namespace firesteel {

struct Tanhshrink final : LayerOf<Tanhshrink> {
  static constexpr auto schema() {
    return Schema{"Tanhshrink", "activation", "Takes its hyperbolic tangent off each element."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}}; }

  Shapes infer(const Shapes& in) const override { return {in[0]}; }
  Steps steps(const Shape&) const override { return Steps::each; }
  void prepare(Prepare& p) const override {
    take_any_layout(p, keeps_zero(Function::tanh, 0, 0));
    p.keep(make_elementwise(p.env(), Function::tanh, p.result()));
    p.backward_reads_input();
  }
  void forward(Run& r) const override {
    r.op<Elementwise>().forward(r.x(), r.y());
    map_pairs(r, r.x(), r.y(), r.y(), [](auto x, auto tanh) { return x - tanh; });
  }
  void backward(Run& r) const override {
    if (!r.dx()) return;
    r.op<Elementwise>().forward(r.x(), r.dx());
    map_pairs(r, r.dy(), r.dx(), r.dx(), [](auto dy, auto tanh) { return dy * tanh * tanh; });
  }
};
FIRESTEEL_LAYER(Tanhshrink);

}  // namespace firesteel
