// SPDX-License-Identifier: Apache-2.0
// RMSNorm: y = gamma x / sqrt(mean of x^2 + eps), over the trailing extents of each row. Zhang and
// Sennrich, "Root mean square layer normalization", 2019.
#include <cmath>

#include "core/threads.h"
#include "nn/layer.h"
#include "nn/layers/normalization/sums.h"

namespace firesteel {

struct RMSNorm final : LayerOf<RMSNorm> {
  Dims shape;
  float eps = std::numeric_limits<float>::epsilon();
  bool affine = true;

  static constexpr auto schema() {
    return Schema{
        "RMSNorm",
        "normalization",
        "Divides each row by the root of its mean square over its trailing extents.",
        required("shape", &RMSNorm::shape, "trailing extents to normalize over", nonempty),
        attr("eps", &RMSNorm::eps, "added to the mean square", positive),
        attr("affine", &RMSNorm::affine, "learn gamma")};
  }
  static Sample sample() { return {.attrs = {{"shape", Dims{3, 4}}}, .in = {{2, 5, 3, 4}}}; }

  std::vector<ParamSpec> params() const override {
    if (!affine) return {};
    return {{.name = "weight", .shape = shape, .init = Init::constant(1), .decay = false}};
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
    auto groups = static_cast<size_t>(numel(p.in()) / numel(shape));
    p.save(groups * size_of(p.env().dtype));  // 1 / root of the mean square
    p.backward_reads_input();
  }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      auto* gamma = affine ? static_cast<const T*>(r.param(0)) : nullptr;
      each_group(r, [&](int64_t g, int64_t n) {
        auto* x = static_cast<const T*>(r.x()) + g * n;
        auto* y = static_cast<T*>(r.y()) + g * n;
        T squares = sum_of<T>(n, [&](int64_t i) { return x[i] * x[i]; });
        T scale = 1 / std::sqrt(squares / static_cast<T>(n) + static_cast<T>(eps));
        for (int64_t i = 0; i < n; ++i) y[i] = x[i] * scale;
        for (int64_t i = 0; i < n && gamma; ++i) y[i] *= gamma[i];
        static_cast<T*>(r.saved())[g] = scale;
      });
    });
  }

  void backward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      if (affine) backward_gamma<T>(r);
      if (r.dx()) backward_input<T>(r);
    });
  }

 private:
  // Calls body(group, its numbers) on all threads.
  template <class Body>
  void each_group(const Run& r, const Body& body) const {
    int64_t n = numel(shape);
    parallel_for(numel(r.in()) / n, pieces_of_part(n), [&](int64_t from, int64_t to) {
      for (int64_t g = from; g < to; ++g) body(g, n);
    });
  }

  template <class T>
  void backward_gamma(Run& r) const {
    int64_t n = numel(shape);
    auto* dgamma = static_cast<T*>(r.dparam(0));
    std::fill_n(dgamma, n, T(0));
    for (int64_t g = 0; g < numel(r.in()) / n; ++g) {
      auto* x = static_cast<const T*>(r.x()) + g * n;
      auto* dy = static_cast<const T*>(r.dy()) + g * n;
      T scale = static_cast<const T*>(r.saved())[g];
      for (int64_t i = 0; i < n; ++i) dgamma[i] += dy[i] * x[i] * scale;
    }
  }

  template <class T>
  void backward_input(Run& r) const {
    auto* gamma = affine ? static_cast<const T*>(r.param(0)) : nullptr;
    each_group(r, [&](int64_t g, int64_t n) {
      auto* x = static_cast<const T*>(r.x()) + g * n;
      auto* dy = static_cast<const T*>(r.dy()) + g * n;
      auto* dx = static_cast<T*>(r.dx()) + g * n;
      T scale = static_cast<const T*>(r.saved())[g];
      for (int64_t i = 0; i < n; ++i) dx[i] = gamma ? dy[i] * gamma[i] : dy[i];
      T dot = sum_of<T>(n, [&](int64_t i) { return dx[i] * x[i]; });
      T slope = dot * scale * scale / static_cast<T>(n);
      for (int64_t i = 0; i < n; ++i) dx[i] = scale * (dx[i] - x[i] * slope);
    });
  }
};
FIRESTEEL_LAYER(RMSNorm);

}  // namespace firesteel
