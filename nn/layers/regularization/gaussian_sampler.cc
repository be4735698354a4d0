// SPDX-License-Identifier: Apache-2.0
// GaussianSampler: y = mean + exp(log variance / 2) n, n normal, in training; y = mean in
// inference, where a row's result depends on the row alone. Kingma and Welling, "Auto-encoding
// variational Bayes", 2014.
#include "nn/layers/regularization/noise.h"

namespace firesteel {

struct GaussianSampler final : LayerOf<GaussianSampler> {
  static constexpr auto schema() {
    return Schema{
        "GaussianSampler", "regularization",
        "Draws from normal distributions in training, given their means (input 0) and the "
        "logarithms of their variances (input 1); gives the means in inference."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 5}, {3, 5}}}; }

  int least_inputs() const override { return 2; }

  Shapes infer(const Shapes& in) const override {
    require(in[0] == in[1], "inputs must be alike, got ", without_batch(in[0]), " and ",
            without_batch(in[1]));
    return {in[0]};
  }
  Steps steps(const Shape&) const override { return Steps::each; }

  void prepare(Prepare& p) const override {
    auto count = static_cast<size_t>(numel(p.in()));
    p.save(p.training() ? count * sizeof(float) : 0);
    p.save(p.training() ? count * size_of(p.env().dtype) : 0);  // what is added to the mean
    p.in_place();
  }

  void forward(Run& r) const override {
    if (!r.training()) return r.pass_on(r.x(), r.y());
    auto* noise = static_cast<float*>(r.saved(0));
    draw_normal(r, r.elements() / r.rows(), noise);
    by_dtype(r.dtype(), [&]<class T>() {
      auto* mean = static_cast<const T*>(r.x(0));
      auto* log_variance = static_cast<const T*>(r.x(1));
      auto* added = static_cast<T*>(r.saved(1));
      auto* y = static_cast<T*>(r.y());
      for (int64_t i = 0; i < r.elements(); ++i) {
        added[i] = std::exp(log_variance[i] / 2) * T(noise[i]);
        y[i] = mean[i] + added[i];
      }
    });
  }

  void backward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      auto* dy = static_cast<const T*>(r.dy());
      auto* added = static_cast<const T*>(r.saved(1));
      auto* to = static_cast<T*>(r.dx(1));
      for (int64_t i = 0; i < r.elements() && to; ++i) to[i] = dy[i] * added[i] / 2;
    });
    if (r.dx(0)) r.pass_on(r.dy(), r.dx(0));
  }
};
FIRESTEEL_LAYER(GaussianSampler);

}  // namespace firesteel
