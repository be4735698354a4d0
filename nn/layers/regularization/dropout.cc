// SPDX-License-Identifier: Apache-2.0
// Dropout: y = x m / (1 - p), with m = 0 with probability p and 1 otherwise, in training; y = x in
// inference. Srivastava et al., 2014.
#include "nn/layers/regularization/mask.h"

namespace firesteel {

struct Dropout final : LayerOf<Dropout> {
  float p = 0.5f;

  static constexpr auto schema() {
    return Schema{"Dropout", "regularization",
                  "Zeroes elements at random in training and scales the others up.",
                  attr("p", &Dropout::p, "probability of zeroing an element", fraction)};
  }
  static Sample sample() { return {.attrs = {{"p", 0.4}}, .in = {{4, 6}}}; }

  Shapes infer(const Shapes& in) const override { return {in[0]}; }
  Steps steps(const Shape&) const override { return Steps::each; }

  void prepare(Prepare& prepare) const override {
    prepare.save(prepare.training() ? static_cast<size_t>(numel(prepare.in())) : 0);
    prepare_noise(prepare);
  }

  void forward(Run& r) const override {
    if (!r.training()) return r.pass_on(r.x(), r.y());
    auto* mask = static_cast<uint8_t*>(r.saved());
    draw_mask(r, r.elements() / r.rows(), p, mask);
    by_dtype(r.dtype(), [&]<class T>() { apply_mask<T, T>(mask, p, r.x(), r.y(), r.elements()); });
  }

  void backward(Run& r) const override {
    if (!r.dx()) return;
    auto* mask = static_cast<const uint8_t*>(r.saved());
    by_dtype(r.dtype(),
             [&]<class T>() { apply_mask<T, T>(mask, p, r.dy(), r.dx(), r.elements()); });
  }
};
FIRESTEEL_LAYER(Dropout);

}  // namespace firesteel
