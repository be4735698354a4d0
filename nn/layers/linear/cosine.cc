// SPDX-License-Identifier: Apache-2.0
// Cosine: y[o] = x w[o] / (max(|x|, eps) max(|w[o]|, eps)), over the last extent.
#include <cmath>

#include "core/buffer.h"
#include "nn/layer.h"
#include "nn/layers/arithmetic/rows.h"
#include "nn/layers/linear/features.h"
#include "nn/weight_init.h"

namespace firesteel {

struct Cosine final : LayerOf<Cosine> {
  int64_t in_features = 0, out_features = 0;
  float eps = 1e-8f;
  std::string init = "default";

  static constexpr auto schema() {
    return Schema{"Cosine",
                  "linear",
                  "The cosine of the angle between each row and each of some learned rows.",
                  required("in_features", &Cosine::in_features, "numbers in a row", positive),
                  required("out_features", &Cosine::out_features, "learned rows", positive),
                  attr("eps", &Cosine::eps, "the least norm", positive),
                  attr("init", &Cosine::init, kInitDoc, known_matrix_init)};
  }
  static Sample sample() {
    return {.attrs = {{"in_features", int64_t{5}}, {"out_features", int64_t{3}}},
            .in = {{2, 2, 5}}};
  }

  std::vector<ParamSpec> params() const override {
    return {{.name = "weight",
             .shape = {out_features, in_features},
             .init = weight_init(init, in_features, out_features)}};
  }

  Shapes infer(const Shapes& in) const override {
    return infer_features(in, in_features, out_features);
  }
  Steps steps(const Shape& in) const override { return in.size() > 2 ? Steps::each : Steps::mixed; }
  double flops(const Shapes& in, const Shapes&) const override {
    return 2.0 * static_cast<double>(numel(in[0]) * out_features);
  }

  void prepare(Prepare& p) const override {
    int64_t rows = numel(p.in()) / in_features;
    Env env = p.env();
    env.compute = DType::f32;  // products are divided by norms
    auto& op = p.keep(make_inner_product(
        env, {.rows = rows, .inputs = in_features, .outputs = out_features, .bias = false}));
    p.pack(0, op.weights);
    if (p.training()) p.pack(0, op.weights_backward);
    p.save(static_cast<size_t>(rows) * size_of(env.dtype));          // norms of x
    p.save(static_cast<size_t>(out_features) * size_of(env.dtype));  // and of w
    p.scratch(op.scratch_bytes + (p.training() ? bytes_of_y(p.out(), env.dtype) : 0));
    p.backward_reads_input();
    p.backward_reads_output();
  }

  void forward(Run& r) const override {
    r.op<InnerProduct>().forward(r.x(), r.packed(0), nullptr, r.y(), r.scratch());
    by_dtype(r.dtype(), [&]<class T>() {
      auto *of_x = static_cast<T*>(r.saved(0)), *of_w = static_cast<T*>(r.saved(1));
      norms(static_cast<const T*>(r.x()), rows(r), of_x);
      norms(static_cast<const T*>(r.param(0)), out_features, of_w);
      auto* y = static_cast<T*>(r.y());
      for (int64_t n = 0; n < rows(r); ++n, y += out_features) {
        T x = at_least(of_x[n]);
        for (int64_t o = 0; o < out_features; ++o) y[o] /= x * at_least(of_w[o]);
      }
    });
  }

  void backward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() { backward_as<T>(r); });
  }

 private:
  int64_t rows(const Run& r) const { return numel(r.in()) / in_features; }
  size_t bytes_of_y(const Shape& out, DType dtype) const {
    return whole_lines(static_cast<size_t>(numel(out)) * size_of(dtype));
  }
  template <class T>
  T at_least(T norm) const {
    return std::max(norm, static_cast<T>(eps));
  }
  template <class T>
  void norms(const T* x, int64_t count, T* to) const {
    each_row(count, in_features, [&](int64_t n) {
      const T* row = x + n * in_features;
      to[n] = std::sqrt(dot(row, row, in_features));
    });
  }
  // dx -= x sum / |x|^2: the part of a gradient along x, which does not change the cosine.
  template <class T>
  void remove_part(const T* x, T sum, T norm, T* dx) const {
    if (norm < at_least(norm)) return;
    T factor = sum / (norm * norm);
    for (int64_t i = 0; i < in_features; ++i) dx[i] -= factor * x[i];
  }

  // As of a Linear, with g = dy / (|x| |w|); then what lies along a row is taken away.
  template <class T>
  void backward_as(Run& r) const {
    auto *of_x = static_cast<const T*>(r.saved(0)), *of_w = static_cast<const T*>(r.saved(1));
    auto *y = static_cast<const T*>(r.y()), *dy = static_cast<const T*>(r.dy());
    auto *x = static_cast<const T*>(r.x()), *w = static_cast<const T*>(r.param(0));
    auto *g = static_cast<T*>(r.scratch()), *dw = static_cast<T*>(r.dparam(0));
    void* rest = static_cast<std::byte*>(r.scratch()) + bytes_of_y(r.out(), r.dtype());
    for (int64_t n = 0; n < rows(r); ++n) {
      for (int64_t o = 0; o < out_features; ++o) {
        g[n * out_features + o] =
            dy[n * out_features + o] / (at_least(of_x[n]) * at_least(of_w[o]));
      }
    }
    auto& op = r.op<InnerProduct>();
    op.backward_weights(x, g, dw, nullptr, rest);
    for (int64_t o = 0; o < out_features; ++o) {
      T sum = sum_of<T>(
          rows(r), [&](int64_t n) { return dy[n * out_features + o] * y[n * out_features + o]; });
      remove_part(w + o * in_features, sum, of_w[o], dw + o * in_features);
    }
    if (!r.dx()) return;
    op.backward_data(g, r.packed(1), r.dx(), rest);
    each_row(rows(r), in_features, [&](int64_t n) {
      T sum = dot(dy + n * out_features, y + n * out_features, out_features);
      remove_part(x + n * in_features, sum, of_x[n], static_cast<T*>(r.dx()) + n * in_features);
    });
  }
};
FIRESTEEL_LAYER(Cosine);

}  // namespace firesteel
