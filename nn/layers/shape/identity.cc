// SPDX-License-Identifier: Apache-2.0
// Identity: y = x.
#include "nn/layer.h"

namespace firesteel {

// Not named Identity, as a struct of sync/ is.
struct IdentityLayer final : LayerOf<IdentityLayer> {
  static constexpr auto schema() { return Schema{"Identity", "shape", "Passes its input on."}; }
  static Sample sample() { return {.attrs = {}, .in = {{2, 3, 4}}}; }

  Shapes infer(const Shapes& in) const override { return {in[0]}; }
  Steps steps(const Shape&) const override { return Steps::each; }

  void prepare(Prepare& p) const override {
    p.take_as_offered();
    p.set_output(0, p.offered());
    p.in_place();
  }
  void forward(Run& r) const override { r.pass_on(r.x(), r.y()); }
  void backward(Run& r) const override {
    if (r.dx()) r.pass_on(r.dy(), r.dx());
  }
};
FIRESTEEL_LAYER(IdentityLayer);

}  // namespace firesteel
