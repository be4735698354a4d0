// SPDX-License-Identifier: Apache-2.0
// ChannelL2Norm: y[c] = gamma[c] x[c] / |x|, with |x| over the channels of each position. Liu, W.,
// Rabinovich and Berg, "ParseNet", 2015; SSD has it after conv4_3.
#include <algorithm>
#include <cmath>

#include "nn/layer.h"

namespace firesteel {

struct ChannelL2Norm final : LayerOf<ChannelL2Norm> {
  int64_t num_features = 0;
  float scale = 20, eps = 1e-12f;

  static constexpr auto schema() {
    return Schema{"ChannelL2Norm",
                  "normalization",
                  "Gives the channels (second extent) of each position length 1, times a learned "
                  "factor per channel.",
                  required("num_features", &ChannelL2Norm::num_features, "channels", positive),
                  attr("scale", &ChannelL2Norm::scale, "first value of the factors", positive),
                  attr("eps", &ChannelL2Norm::eps, "no position is divided by less", positive)};
  }
  static Sample sample() { return {.attrs = {{"num_features", int64_t{3}}}, .in = {{2, 3, 2, 4}}}; }

  std::vector<ParamSpec> params() const override {
    return {
        {.name = "weight", .shape = {num_features}, .init = Init::constant(scale), .decay = false}};
  }

  Shapes infer(const Shapes& in) const override {
    require(in[0].size() >= 2 && in[0][1] == num_features, "input must have ", num_features,
            " channels, got ", without_batch(in[0]));
    return {in[0]};
  }

  void prepare(Prepare& p) const override {
    size_t row = static_cast<size_t>(plane(p.in())) * size_of(p.env().dtype);
    p.save(static_cast<size_t>(p.in()[0]) * row);  // 1 / |x|
    p.scratch(row);
    p.backward_reads_input();
  }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      auto* gamma = static_cast<const T*>(r.param(0));
      int64_t n = plane(r.in());
      for (int64_t row = 0; row < r.rows(); ++row) {
        auto* x = static_cast<const T*>(r.x()) + row * num_features * n;
        auto* y = static_cast<T*>(r.y()) + row * num_features * n;
        auto* inverse = static_cast<T*>(r.saved()) + row * n;
        std::fill(inverse, inverse + n, T(0));
        for (int64_t c = 0; c < num_features; ++c) {
          for (int64_t i = 0; i < n; ++i) inverse[i] += x[c * n + i] * x[c * n + i];
        }
        for (int64_t i = 0; i < n; ++i) inverse[i] = 1 / std::max(std::sqrt(inverse[i]), T(eps));
        for (int64_t c = 0; c < num_features; ++c) {
          for (int64_t i = 0; i < n; ++i) y[c * n + i] = gamma[c] * x[c * n + i] * inverse[i];
        }
      }
    });
  }

  void backward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() { backward_as<T>(r); });
  }

 private:
  static int64_t plane(const Shape& shape) { return numel(shape) / (shape[0] * shape[1]); }

  template <class T>
  void backward_as(Run& r) const {
    auto* gamma = static_cast<const T*>(r.param(0));
    auto* dgamma = static_cast<T*>(r.dparam(0));
    auto* dot = static_cast<T*>(r.scratch());  // of gamma dy with x / |x|
    int64_t n = plane(r.in());
    std::fill(dgamma, dgamma + num_features, T(0));
    for (int64_t row = 0; row < r.rows(); ++row) {
      int64_t begin = row * num_features * n;
      auto* x = static_cast<const T*>(r.x()) + begin;
      auto* dy = static_cast<const T*>(r.dy()) + begin;
      auto* inverse = static_cast<const T*>(r.saved()) + row * n;
      std::fill(dot, dot + n, T(0));
      for (int64_t c = 0; c < num_features; ++c) {
        for (int64_t i = 0; i < n; ++i) {
          T product = dy[c * n + i] * x[c * n + i] * inverse[i];
          dgamma[c] += product;
          dot[i] += gamma[c] * product;
        }
      }
      if (!r.dx()) continue;
      // Where eps stands for the length, it does not depend on x.
      for (int64_t i = 0; i < n; ++i) dot[i] = inverse[i] < 1 / T(eps) ? dot[i] : T(0);
      auto* dx = static_cast<T*>(r.dx()) + begin;
      for (int64_t c = 0; c < num_features; ++c) {
        for (int64_t i = 0; i < n; ++i) {
          int64_t at = c * n + i;
          dx[at] = inverse[i] * (gamma[c] * dy[at] - dot[i] * x[at] * inverse[i]);
        }
      }
    }
  }
};
FIRESTEEL_LAYER(ChannelL2Norm);

}  // namespace firesteel
