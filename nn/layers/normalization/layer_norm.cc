// SPDX-License-Identifier: Apache-2.0
// LayerNorm: y = gamma (x - mean) / sqrt(variance + eps) + beta, over the trailing extents of each
// row. Ba, Kiros and Hinton, "Layer normalization", 2016.
#include <cmath>

#include "nn/layer.h"

namespace firesteel {

struct LayerNorm final : LayerOf<LayerNorm> {
  Dims shape;
  float eps = 1e-5f;
  bool affine = true;

  static constexpr auto schema() {
    return Schema{
        "LayerNorm",
        "normalization",
        "Normalizes each row over its trailing extents.",
        required("shape", &LayerNorm::shape, "trailing extents to normalize over", nonempty),
        attr("eps", &LayerNorm::eps, "added to the variance", positive),
        attr("affine", &LayerNorm::affine, "learn gamma and beta")};
  }
  static Sample sample() { return {.attrs = {{"shape", Dims{3, 4}}}, .in = {{2, 5, 3, 4}}}; }

  std::vector<ParamSpec> params() const override {
    if (!affine) return {};
    return {{.name = "weight", .shape = shape, .init = Init::constant(1), .decay = false},
            {.name = "bias", .shape = shape, .init = Init::constant(0), .decay = false}};
  }

  Shapes infer(const Shapes& in) const override {
    bool fits =
        in[0].size() > shape.size() && std::equal(shape.rbegin(), shape.rend(), in[0].rbegin());
    require(fits, "input must end in ", shape, ", got ", without_batch(in[0]));
    return {in[0]};
  }
  Steps steps(const Shape& in) const override {
    return in.size() > shape.size() + 1 ? Steps::each : Steps::mixed;
  }

  void prepare(Prepare& p) const override {
    size_t groups = static_cast<size_t>(numel(p.in()) / numel(shape));
    p.save(groups * size_of(p.env().dtype));  // mean
    p.save(groups * size_of(p.env().dtype));  // 1 / deviation
    p.backward_reads_input();
  }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      auto* gamma = affine ? static_cast<const T*>(r.param(0)) : nullptr;
      auto* beta = affine ? static_cast<const T*>(r.param(1)) : nullptr;
      int64_t n = numel(shape);
      for (int64_t g = 0; g < numel(r.in()) / n; ++g) {
        auto* x = static_cast<const T*>(r.x()) + g * n;
        auto* y = static_cast<T*>(r.y()) + g * n;
        T sum = 0, squares = 0;
        for (int64_t i = 0; i < n; ++i) sum += x[i];
        T mean = sum / static_cast<T>(n);
        for (int64_t i = 0; i < n; ++i) squares += (x[i] - mean) * (x[i] - mean);
        T scale = 1 / std::sqrt(squares / static_cast<T>(n) + static_cast<T>(eps));
        for (int64_t i = 0; i < n; ++i) {
          T normalized = (x[i] - mean) * scale;
          y[i] = gamma ? gamma[i] * normalized + beta[i] : normalized;
        }
        static_cast<T*>(r.saved(0))[g] = mean;
        static_cast<T*>(r.saved(1))[g] = scale;
      }
    });
  }

  void backward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() { backward_as<T>(r); });
  }

 private:
  template <class T>
  void backward_as(Run& r) const {
    int64_t n = numel(shape);
    auto* gamma = affine ? static_cast<const T*>(r.param(0)) : nullptr;
    auto* dgamma = affine ? static_cast<T*>(r.dparam(0)) : nullptr;
    auto* dbeta = affine ? static_cast<T*>(r.dparam(1)) : nullptr;
    for (int64_t i = 0; i < n && affine; ++i) dgamma[i] = dbeta[i] = 0;
    for (int64_t g = 0; g < numel(r.in()) / n; ++g) {
      auto* x = static_cast<const T*>(r.x()) + g * n;
      auto* dy = static_cast<const T*>(r.dy()) + g * n;
      T mean = static_cast<const T*>(r.saved(0))[g], scale = static_cast<const T*>(r.saved(1))[g];
      T sum = 0, dot = 0;  // of dy gamma, and of it with the normalized x
      for (int64_t i = 0; i < n; ++i) {
        T normalized = (x[i] - mean) * scale, d = gamma ? dy[i] * gamma[i] : dy[i];
        sum += d;
        dot += d * normalized;
        if (affine) dgamma[i] += dy[i] * normalized, dbeta[i] += dy[i];
      }
      if (!r.dx()) continue;
      auto* dx = static_cast<T*>(r.dx()) + g * n;
      for (int64_t i = 0; i < n; ++i) {
        T normalized = (x[i] - mean) * scale, d = gamma ? dy[i] * gamma[i] : dy[i];
        dx[i] = scale * (d - (sum + normalized * dot) / static_cast<T>(n));
      }
    }
  }
};
FIRESTEEL_LAYER(LayerNorm);

}  // namespace firesteel
