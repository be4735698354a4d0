// SPDX-License-Identifier: Apache-2.0
// BatchNorm: y = gamma (x - mean) / sqrt(variance + eps) + beta per channel, with the statistics of
// the micro-batch in training and running means of them in inference. Ioffe and Szegedy, 2015.
#include <vector>

#include "nn/layer.h"

namespace firesteel {

struct BatchNorm final : LayerOf<BatchNorm> {
  int64_t num_features = 0;
  float eps = 1e-5f;
  float momentum = 0.1f;

  static constexpr auto schema() {
    return Schema{"BatchNorm",
                  "normalization",
                  "Normalizes each channel (second extent) over the batch and its positions.",
                  required("num_features", &BatchNorm::num_features, "channels", positive),
                  attr("eps", &BatchNorm::eps, "added to the variance", positive),
                  attr("momentum", &BatchNorm::momentum,
                       "share of the newest statistics in the running ones", fraction)};
  }
  static Sample sample() { return {.attrs = {{"num_features", int64_t{3}}}, .in = {{4, 3, 2, 2}}}; }

  bool couples_rows() const override { return true; }

  std::vector<ParamSpec> params() const override {
    return {{.name = "weight", .shape = {num_features}, .init = Init::constant(1), .decay = false},
            {.name = "bias", .shape = {num_features}, .init = Init::constant(0), .decay = false},
            {.name = "running_mean",
             .shape = {num_features},
             .init = Init::constant(0),
             .state = true,
             .momentum = momentum},
            {.name = "running_var",
             .shape = {num_features},
             .init = Init::constant(1),
             .state = true,
             .momentum = momentum}};
  }

  Shapes infer(const Shapes& in) const override {
    require((in[0].size() == 2 || in[0].size() == 4) && in[0][1] == num_features,
            "input must have ", num_features, " channels, got ", without_batch(in[0]));
    return {in[0]};
  }

  void prepare(Prepare& p) const override {
    Layout layout({p.in()[0], num_features, 1, 1}, p.env().dtype);
    if (p.in().size() == 4) {
      layout = p.offered();
      p.take_as_offered();
      p.set_output(0, layout);
    }
    auto& op = p.keep(make_batch_norm(p.env(), {eps}, layout));
    size_t bytes = static_cast<size_t>(num_features) * size_of(p.env().dtype);
    p.save(bytes);  // mean
    p.save(bytes);  // biased variance
    p.backward_reads_input();
    p.scratch(op.scratch_bytes);
  }

  void forward(Run& r) const override {
    auto& op = r.op<BatchNormalization>();
    if (r.training()) {
      op.forward_training(r.x(), r.param(0), r.param(1), r.y(), r.saved(0), r.saved(1),
                          r.scratch());
    } else {
      op.forward_inference(r.x(), r.param(0), r.param(1), r.param(2), r.param(3), r.y(),
                           r.scratch());
    }
  }

  void backward(Run& r) const override {
    r.op<BatchNormalization>().backward(r.x(), r.dy(), r.param(0), r.saved(0), r.saved(1), r.dx(),
                                        r.dparam(0), r.dparam(1), r.scratch());
    int64_t count = numel(r.in()) / num_features;
    double bessel = count > 1 ? static_cast<double>(count) / static_cast<double>(count - 1) : 1.0;
    by_dtype(r.dtype(), [&]<class T>() {
      auto* mean = static_cast<const T*>(r.saved(0));
      auto* variance = static_cast<const T*>(r.saved(1));
      T rows = static_cast<T>(r.rows());
      for (int64_t c = 0; c < num_features; ++c) {
        static_cast<T*>(r.dparam(2))[c] = rows * mean[c];
        static_cast<T*>(r.dparam(3))[c] = rows * (variance[c] * static_cast<T>(bessel));
      }
    });
  }
};
FIRESTEEL_LAYER(BatchNorm);

}  // namespace firesteel
