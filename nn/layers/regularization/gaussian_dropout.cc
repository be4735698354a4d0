// SPDX-License-Identifier: Apache-2.0
// GaussianDropout: y = x (1 + n), n normal with mean 0 and variance p / (1 - p), in training; y = x
// in inference. Srivastava et al., "Dropout", 2014, section 10.
#include "nn/layers/regularization/noise.h"

namespace firesteel {

struct GaussianDropout final : LayerOf<GaussianDropout> {
  float p = 0.5f;

  static constexpr auto schema() {
    return Schema{
        "GaussianDropout", "regularization",
        "Multiplies elements in training by random numbers around 1 that have the deviation of "
        "dropout.",
        attr("p", &GaussianDropout::p, "probability of the dropout that it stands for", fraction)};
  }
  static Sample sample() { return {.attrs = {{"p", 0.3}}, .in = {{4, 6}}}; }

  Shapes infer(const Shapes& in) const override { return {in[0]}; }
  Steps steps(const Shape&) const override { return Steps::each; }

  void prepare(Prepare& prepare) const override {
    auto count = static_cast<size_t>(numel(prepare.in()));
    prepare.save(prepare.training() ? count * sizeof(float) : 0);
    prepare_noise(prepare);
  }

  void forward(Run& r) const override {
    if (!r.training()) return r.pass_on(r.x(), r.y());
    draw_normal(r, r.elements() / r.rows(), static_cast<float*>(r.saved()));
    multiply(r, r.x(), r.y());
  }
  void backward(Run& r) const override {
    if (r.dx()) multiply(r, r.dy(), r.dx());
  }

 private:
  void multiply(const Run& r, const void* from, void* to) const {
    by_dtype(r.dtype(), [&]<class T>() {
      auto* noise = static_cast<const float*>(r.saved());
      auto* x = static_cast<const T*>(from);
      auto* y = static_cast<T*>(to);
      T deviation = std::sqrt(static_cast<T>(p) / (1 - static_cast<T>(p)));
      for (int64_t i = 0; i < r.elements(); ++i) y[i] = x[i] * (1 + deviation * T(noise[i]));
    });
  }
};
FIRESTEEL_LAYER(GaussianDropout);

}  // namespace firesteel
