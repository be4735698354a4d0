// SPDX-License-Identifier: Apache-2.0
// GaussianNoise: y = x + n, n normal with mean 0, in training; y = x in inference.
#include "nn/layers/regularization/noise.h"

namespace firesteel {

struct GaussianNoise final : LayerOf<GaussianNoise> {
  float stddev = 0;

  static constexpr auto schema() {
    return Schema{"GaussianNoise", "regularization", "Adds normal random numbers in training.",
                  required("stddev", &GaussianNoise::stddev, "their deviation", nonnegative)};
  }
  static Sample sample() { return {.attrs = {{"stddev", 0.3}}, .in = {{4, 6}}}; }

  Shapes infer(const Shapes& in) const override { return {in[0]}; }
  Steps steps(const Shape&) const override { return Steps::each; }

  void prepare(Prepare& p) const override {
    auto count = static_cast<size_t>(numel(p.in()));
    p.scratch(p.training() ? count * sizeof(float) : 0);
    prepare_noise(p);
  }

  void forward(Run& r) const override {
    if (!r.training()) return r.pass_on(r.x(), r.y());
    auto* noise = static_cast<float*>(r.scratch());
    draw_normal(r, r.elements() / r.rows(), noise);
    by_dtype(r.dtype(), [&]<class T>() {
      auto* x = static_cast<const T*>(r.x());
      auto* y = static_cast<T*>(r.y());
      for (int64_t i = 0; i < r.elements(); ++i) y[i] = x[i] + T(stddev) * T(noise[i]);
    });
  }
  void backward(Run& r) const override {
    if (r.dx()) r.pass_on(r.dy(), r.dx());
  }
};
FIRESTEEL_LAYER(GaussianNoise);

}  // namespace firesteel
