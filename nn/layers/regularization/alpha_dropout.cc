// SPDX-License-Identifier: Apache-2.0
// AlphaDropout: y = a (x m + s (1 - m)) + b, in training, with m = 0 with probability p and 1
// otherwise, and s the least value of SELU; a and b keep mean 0 and variance 1. y = x in inference.
// Klambauer et al., "Self-normalizing neural networks", 2017.
#include "nn/layers/regularization/mask.h"

namespace firesteel {

struct AlphaDropout final : LayerOf<AlphaDropout> {
  float p = 0.5f;

  static constexpr auto schema() {
    return Schema{"AlphaDropout", "regularization",
                  "Sets elements at random to SELU's least value in training, and keeps mean and "
                  "variance.",
                  attr("p", &AlphaDropout::p, "probability of an element to be set", fraction)};
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
    by_dtype(r.dtype(), [&]<class T>() {
      auto* x = static_cast<const T*>(r.x());
      auto* y = static_cast<T*>(r.y());
      T a = T(factor()), b = T(-factor() * p * kLeast), set = T(factor() * kLeast) + b;
      for (int64_t i = 0; i < r.elements(); ++i) y[i] = mask[i] ? a * x[i] + b : set;
    });
  }

  void backward(Run& r) const override {
    if (!r.dx()) return;
    auto* mask = static_cast<const uint8_t*>(r.saved());
    by_dtype(r.dtype(), [&]<class T>() {
      auto* dy = static_cast<const T*>(r.dy());
      auto* dx = static_cast<T*>(r.dx());
      T a = T(factor());
      for (int64_t i = 0; i < r.elements(); ++i) dx[i] = mask[i] ? a * dy[i] : T(0);
    });
  }

 private:
  static constexpr double kLeast = -1.7580993408473766;  // s
  double factor() const {  // a
    double q = p;
    return 1 / std::sqrt((1 - q) * (1 + q * kLeast * kLeast));
  }
};
FIRESTEEL_LAYER(AlphaDropout);

}  // namespace firesteel
