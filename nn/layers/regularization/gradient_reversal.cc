// SPDX-License-Identifier: Apache-2.0
// GradientReversal: y = x, and dx = -scale dy. Ganin and Lempitsky, "Unsupervised domain adaptation
// by backpropagation", 2015.
#include "nn/layer.h"

namespace firesteel {

struct GradientReversal final : LayerOf<GradientReversal> {
  float scale = 1;

  static constexpr auto schema() {
    return Schema{"GradientReversal", "regularization",
                  "Passes numbers on, and their gradient with the other sign.",
                  attr("scale", &GradientReversal::scale, "factor of the turned gradient")};
  }
  // Turned twice: the gradient is then that of what is passed on.
  static Sample sample() { return {.attrs = {{"scale", -1.0}}, .in = {{3, 5}}}; }

  Shapes infer(const Shapes& in) const override { return {in[0]}; }
  Steps steps(const Shape&) const override { return Steps::each; }
  void prepare(Prepare& p) const override { p.in_place(); }
  void forward(Run& r) const override { r.pass_on(r.x(), r.y()); }
  void backward(Run& r) const override {
    if (!r.dx()) return;
    by_dtype(r.dtype(), [&]<class T>() {
      auto* dy = static_cast<const T*>(r.dy());
      auto* dx = static_cast<T*>(r.dx());
      for (int64_t i = 0; i < r.elements(); ++i) dx[i] = -T(scale) * dy[i];
    });
  }
};
FIRESTEEL_LAYER(GradientReversal);

}  // namespace firesteel
