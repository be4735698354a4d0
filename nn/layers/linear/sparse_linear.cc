// SPDX-License-Identifier: Apache-2.0
// SparseLinear: y = sum over k of v[k] W[i[k]] + b, for rows that are given as the numbers v that
// are not zero and their places i.
#include "nn/layers/embedding/table.h"

namespace firesteel {

struct SparseLinear final : LayerOf<SparseLinear> {
  int64_t in_features = 0, out_features = 0;
  bool bias = true;
  std::string init = "default", bias_init = "default";

  static constexpr auto schema() {
    return Schema{
        "SparseLinear",
        "linear",
        "Multiplies rows that are mostly zero by a weight matrix and adds a bias. The first input "
        "has "
        "the places of a row's numbers, with -1 for padding, the second one the numbers.",
        required("in_features", &SparseLinear::in_features, "numbers in a row, zeros included",
                 positive),
        required("out_features", &SparseLinear::out_features, "numbers in a result", positive),
        attr("bias", &SparseLinear::bias, "add a learned bias"),
        attr("init", &SparseLinear::init, kInitDoc, known_matrix_init),
        attr("bias_init", &SparseLinear::bias_init, kBiasInitDoc, known_bias_init)};
  }
  static Sample sample() {
    return {.attrs = {{"in_features", int64_t{7}}, {"out_features", int64_t{3}}},
            .in = {{4, 5}, {4, 5}},
            .ids_below = 7,
            .ids_inputs = {0}};
  }

  // In rows of one place each, of which a step reads few.
  std::vector<ParamSpec> params() const override {
    std::vector<ParamSpec> specs = {{.name = "weight",
                                     .shape = {in_features, out_features},
                                     .init = weight_init(init, in_features, out_features),
                                     .row_sparse = true}};
    if (bias) {
      specs.push_back({.name = "bias",
                       .shape = {out_features},
                       .init = firesteel::bias_init(bias_init, init, in_features),
                       .decay = false});
    }
    return specs;
  }

  int least_inputs() const override { return 2; }
  Shapes infer(const Shapes& in) const override {
    require(in[0].size() == 2 && in[0] == in[1],
            "inputs must be rows of places and as many numbers, got ", without_batch(in[0]),
            " and ", without_batch(in[1]));
    return {{in[0][0], out_features}};
  }
  double flops(const Shapes& in, const Shapes&) const override {
    return 2.0 * static_cast<double>(numel(in[0]) * out_features);
  }
  void prepare(Prepare& p) const override {
    p.backward_reads_input(0);
    p.backward_reads_input(1);
  }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      auto *w = static_cast<const T*>(r.param(0)), *v = static_cast<const T*>(r.x(1));
      auto* b = bias ? static_cast<const T*>(r.param(1)) : nullptr;
      auto* y = static_cast<T*>(r.y());
      for (int64_t n = 0; n < r.rows(); ++n, y += out_features) {
        for (int64_t o = 0; o < out_features; ++o) y[o] = b ? b[o] : T(0);
        each_number<T>(r, n, [&](int64_t k, int64_t place) {
          const T* row = w + place * out_features;
          for (int64_t o = 0; o < out_features; ++o) y[o] += v[k] * row[o];
        });
      }
    });
  }

  void backward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      auto *w = static_cast<const T*>(r.param(0)), *v = static_cast<const T*>(r.x(1));
      auto *dw = static_cast<T*>(r.dparam(0)), *db = bias ? static_cast<T*>(r.dparam(1)) : nullptr;
      std::fill_n(dw, in_features * out_features, T(0));
      if (db) std::fill_n(db, out_features, T(0));
      for (size_t i = 0; i < 2; ++i) {
        if (r.dx(i)) std::fill_n(static_cast<T*>(r.dx(i)), numel(r.in(i)), T(0));
      }
      auto* dy = static_cast<const T*>(r.dy());
      for (int64_t n = 0; n < r.rows(); ++n, dy += out_features) {
        for (int64_t o = 0; db && o < out_features; ++o) db[o] += dy[o];
        each_number<T>(r, n, [&](int64_t k, int64_t place) {
          T* to = dw + place * out_features;
          for (int64_t o = 0; o < out_features; ++o) to[o] += v[k] * dy[o];
          if (r.dx(1))
            static_cast<T*>(r.dx(1))[k] = dot(dy, w + place * out_features, out_features);
        });
      }
    });
  }

 private:
  // body(index, place) for every number of a row but the padding.
  template <class T, class Body>
  void each_number(const Run& r, int64_t n, const Body& body) const {
    auto* places = static_cast<const T*>(r.x(0));
    int64_t count = r.in()[1];
    for (int64_t k = n * count; k < (n + 1) * count; ++k) {
      int64_t place = id_of(places[k], kPaddingId, in_features, kind());
      if (place != kPaddingId) body(k, place);
    }
  }
};
FIRESTEEL_LAYER(SparseLinear);

}  // namespace firesteel
