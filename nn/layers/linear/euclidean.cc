// SPDX-License-Identifier: Apache-2.0
// Euclidean: y[o] = |x - w[o]|, over the last extent. The differences themselves are squared: from
// |x|^2 + |w|^2 - 2 x w little would be left where x and w are near.
#include <cmath>

#include "nn/layer.h"
#include "nn/layers/arithmetic/rows.h"
#include "nn/layers/linear/features.h"
#include "nn/weight_init.h"

namespace firesteel {

struct Euclidean final : LayerOf<Euclidean> {
  int64_t in_features = 0, out_features = 0;
  std::string init = "default";

  static constexpr auto schema() {
    return Schema{"Euclidean",
                  "linear",
                  "The distance of each row from each of some learned rows.",
                  required("in_features", &Euclidean::in_features, "numbers in a row", positive),
                  required("out_features", &Euclidean::out_features, "learned rows", positive),
                  attr("init", &Euclidean::init, kInitDoc, known_matrix_init)};
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
    return 3.0 * static_cast<double>(numel(in[0]) * out_features);
  }
  void prepare(Prepare& p) const override {
    p.backward_reads_input();
    p.backward_reads_output();
  }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      auto *x = static_cast<const T*>(r.x()), *w = static_cast<const T*>(r.param(0));
      auto* y = static_cast<T*>(r.y());
      each_row(rows(r), in_features * out_features, [&](int64_t n) {
        for (int64_t o = 0; o < out_features; ++o) {
          const T *a = x + n * in_features, *b = w + o * in_features;
          y[n * out_features + o] = std::sqrt(
              sum_of<T>(in_features, [&](int64_t i) { return (a[i] - b[i]) * (a[i] - b[i]); }));
        }
      });
    });
  }

  void backward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      auto *x = static_cast<const T*>(r.x()), *w = static_cast<const T*>(r.param(0));
      int64_t count = rows(r);
      each_row(out_features, count * in_features, [&](int64_t o) {
        T* dw = static_cast<T*>(r.dparam(0)) + o * in_features;
        std::fill_n(dw, in_features, T(0));
        for (int64_t n = 0; n < count; ++n) {
          add_gradient(slope<T>(r, n, o), w + o * in_features, x + n * in_features, dw);
        }
      });
      if (!r.dx()) return;
      each_row(count, out_features * in_features, [&](int64_t n) {
        T* dx = static_cast<T*>(r.dx()) + n * in_features;
        std::fill_n(dx, in_features, T(0));
        for (int64_t o = 0; o < out_features; ++o) {
          add_gradient(slope<T>(r, n, o), x + n * in_features, w + o * in_features, dx);
        }
      });
    });
  }

 private:
  int64_t rows(const Run& r) const { return numel(r.in()) / in_features; }
  // dy / y; none where the rows are one, for there is no derivative.
  template <class T>
  T slope(const Run& r, int64_t n, int64_t o) const {
    T y = static_cast<const T*>(r.y())[n * out_features + o];
    return y == 0 ? T(0) : static_cast<const T*>(r.dy())[n * out_features + o] / y;
  }
  template <class T>
  void add_gradient(T factor, const T* own, const T* other, T* to) const {
    for (int64_t i = 0; i < in_features; ++i) to[i] += factor * (own[i] - other[i]);
  }
};
FIRESTEEL_LAYER(Euclidean);

}  // namespace firesteel
