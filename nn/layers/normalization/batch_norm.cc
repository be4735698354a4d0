// SPDX-License-Identifier: Apache-2.0
// BatchNorm: y = gamma (x - mean) / sqrt(variance + eps) + beta per channel, with the statistics of
// the micro-batch in training (of the whole batch where it is synchronised: BatchSums) and running
// means of them in inference. Ioffe and Szegedy, 2015.
#include <algorithm>
#include <vector>

#include "nn/layer.h"

namespace firesteel {

struct BatchNorm final : LayerOf<BatchNorm> {
  int64_t num_features = 0;
  float eps = 1e-5f;
  float momentum = 0.1f, init_weight = 1;

  static constexpr auto schema() {
    return Schema{
        "BatchNorm",
        "normalization",
        "Normalizes each channel (second extent) over the batch and its positions.",
        required("num_features", &BatchNorm::num_features, "channels", positive),
        attr("eps", &BatchNorm::eps, "added to the variance", positive),
        attr("momentum", &BatchNorm::momentum, "share of the newest statistics in the running ones",
             fraction),
        attr("init_weight", &BatchNorm::init_weight,
             "first value of weight; 0 where a residual block is to begin as its shortcut",
             nonnegative)};
  }
  static Sample sample() { return {.attrs = {{"num_features", int64_t{3}}}, .in = {{4, 3, 2, 2}}}; }

  bool couples_rows() const override { return true; }

  std::vector<ParamSpec> params() const override {
    return {{.name = "weight",
             .shape = {num_features},
             .init = Init::constant(init_weight),
             .decay = false},
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
    require(in[0].size() >= 2 && in[0][1] == num_features, "input must have ", num_features,
            " channels, got ", without_batch(in[0]));
    return {in[0]};
  }

  Role role() const override { return Role::affine; }
  Fusable fuses(const Env&) const override { return {.sum = true, .relu = true}; }
  void affine(DType dtype, const std::vector<const void*>& params, double* scale,
              double* offset) const override {
    by_dtype(dtype, [&]<class T>() {
      auto at = [&](size_t p, int64_t c) { return static_cast<const T*>(params[p])[c]; };
      for (int64_t c = 0; c < num_features; ++c) {
        scale[c] = at(0, c) / std::sqrt(static_cast<double>(at(3, c)) + eps);
        offset[c] = at(1, c) - scale[c] * at(2, c);
      }
    });
  }
  bool stride_output(Run& r, int64_t elements) const override {
    return r.op<BatchNormalization>().stride_dst(elements);
  }

  void prepare(Prepare& p) const override {
    if (p.in().size() == 4 && p.offered().channel_block() > 0) {
      p.take_as_offered();
      p.set_output(0, p.offered());
    }
    p.keep(make_batch_norm(p.env(), {eps, p.tail()}, p.result()));
    size_t bytes = static_cast<size_t>(num_features) * size_of(p.env().dtype);
    p.save(bytes);  // mean
    p.save(bytes);  // biased variance
    p.backward_reads_input();
    if (p.tail().sum && p.tail().relu) p.backward_reads_output();
    p.recomputes();
    // A sum's gradient is the output's behind the ReLU.
    p.tail().sum ? p.sum_in_place() : p.gradient_in_place();
  }

  void forward(Run& r) const override {
    auto& op = r.op<BatchNormalization>();
    auto run = forward_run(r);
    if (r.training() && r.batch().sums) {
      op.statistics(run);
      use_all_statistics(r);
      return op.forward_inference(run);
    }
    if (r.training()) return op.forward_training(run);
    run.mean = const_cast<void*>(r.param(2));
    run.variance = const_cast<void*>(r.param(3));
    op.forward_inference(run);
  }
  // With the statistics of the batch, which are known by now.
  void recompute(Run& r) const override {
    r.op<BatchNormalization>().forward_inference(forward_run(r));
  }

  void backward(Run& r) const override {
    auto& op = r.op<BatchNormalization>();
    BatchNormalization::Backward run{.src = r.x(),
                                     .dst = r.y(),
                                     .diff_dst = r.dy(),
                                     .gamma = r.param(0),
                                     .beta = r.param(1),
                                     .mean = r.saved(0),
                                     .variance = r.saved(1),
                                     .diff_src = r.dx(),
                                     .diff_sum = r.dsum(),
                                     .diff_gamma = r.dparam(0),
                                     .diff_beta = r.dparam(1)};
    auto count = static_cast<double>(numbers_of_a_channel(r));
    if (r.batch().sums) {
      op.backward_sums(run);
      by_dtype(r.dtype(), [&]<class T>() { count = backward_with_all<T>(r, op, run); });
    } else {
      op.backward(run);
    }
    double bessel = count > 1 ? count / (count - 1) : 1.0;
    by_dtype(r.dtype(), [&]<class T>() {
      auto* mean = static_cast<const T*>(r.saved(0));
      auto* variance = static_cast<const T*>(r.saved(1));
      T rows = static_cast<T>(r.samples());
      for (int64_t c = 0; c < num_features; ++c) {
        static_cast<T*>(r.dparam(2))[c] = rows * mean[c];
        static_cast<T*>(r.dparam(3))[c] = rows * (variance[c] * static_cast<T>(bessel));
      }
    });
  }

 private:
  int64_t numbers_of_a_channel(const Run& r) const { return numel(r.in()) / num_features; }

  // Makes the saved statistics of this part those of all parts.
  void use_all_statistics(Run& r) const {
    auto channels = static_cast<size_t>(num_features);
    auto count = static_cast<double>(numbers_of_a_channel(r));
    by_dtype(r.dtype(), [&]<class T>() {
      auto* mean = static_cast<T*>(r.saved(0));
      auto* variance = static_cast<T*>(r.saved(1));
      std::vector<double> sums(1 + 2 * channels, count);
      for (size_t c = 0; c < channels; ++c) {
        double own = mean[c];
        sums[1 + c] = count * own;
        sums[1 + channels + c] = count * (variance[c] + own * own);
      }
      r.batch().sums->add_up(sums);
      for (size_t c = 0; c < channels; ++c) {
        double all = sums[1 + c] / sums[0];
        mean[c] = static_cast<T>(all);
        variance[c] = static_cast<T>(std::max(0.0, sums[1 + channels + c] / sums[0] - all * all));
      }
    });
  }

  // The gradient of the input, with the sums of all parts; how many numbers a channel has in them.
  template <class T>
  double backward_with_all(Run& r, BatchNormalization& op, BatchNormalization::Backward run) const {
    auto channels = static_cast<size_t>(num_features);
    auto* gamma = static_cast<const T*>(r.dparam(0));
    auto* beta = static_cast<const T*>(r.dparam(1));
    std::vector<double> sums = {static_cast<double>(numbers_of_a_channel(r))};
    sums.insert(sums.end(), gamma, gamma + channels);
    sums.insert(sums.end(), beta, beta + channels);
    r.batch().sums->add_up(sums);
    std::vector<T> all(sums.begin() + 1, sums.end());
    run.all_gamma = all.data();
    run.all_beta = all.data() + channels;
    run.all_count = sums[0];
    op.backward(run);
    return sums[0];
  }

  static BatchNormalization::Forward forward_run(Run& r) {
    return {.src = r.x(),
            .gamma = r.param(0),
            .beta = r.param(1),
            .sum = r.sum(),
            .dst = r.y(),
            .mean = r.saved(0),
            .variance = r.saved(1)};
  }
};
FIRESTEEL_LAYER(BatchNorm);

}  // namespace firesteel
