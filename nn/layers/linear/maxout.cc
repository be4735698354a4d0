// SPDX-License-Identifier: Apache-2.0
// Maxout: y[o] = the largest of z[0, o], ..., z[pool - 1, o], where z = x W^T + b, over the last
// extent. Goodfellow et al., "Maxout networks", 2013.
#include "core/buffer.h"
#include "nn/layer.h"
#include "nn/layers/arithmetic/rows.h"
#include "nn/layers/linear/features.h"
#include "nn/weight_init.h"

namespace firesteel {

struct Maxout final : LayerOf<Maxout> {
  int64_t in_features = 0, out_features = 0, pool = 0;
  bool bias = true;
  std::string init = "default", bias_init = "default";

  static constexpr auto schema() {
    return Schema{
        "Maxout",
        "linear",
        "Multiplies each row by several weight matrices, adds biases and takes the largest of "
        "the results.",
        required("in_features", &Maxout::in_features, "numbers in a row", positive),
        required("out_features", &Maxout::out_features, "numbers in a result", positive),
        required("pool", &Maxout::pool, "matrices", positive),
        attr("bias", &Maxout::bias, "add learned biases"),
        attr("init", &Maxout::init, kInitDoc, known_matrix_init),
        attr("bias_init", &Maxout::bias_init, kBiasInitDoc, known_bias_init)};
  }
  static Sample sample() {
    return {
        .attrs = {{"in_features", int64_t{5}}, {"out_features", int64_t{3}}, {"pool", int64_t{4}}},
        .in = {{2, 2, 5}}};
  }

  std::vector<ParamSpec> params() const override {
    std::vector<ParamSpec> specs = {{.name = "weight",
                                     .shape = {pool * out_features, in_features},
                                     .init = weight_init(init, in_features, out_features)}};
    if (bias) {
      specs.push_back({.name = "bias",
                       .shape = {pool * out_features},
                       .init = firesteel::bias_init(bias_init, init, in_features),
                       .decay = false});
    }
    return specs;
  }

  Shapes infer(const Shapes& in) const override {
    return infer_features(in, in_features, out_features);
  }
  Steps steps(const Shape& in) const override { return in.size() > 2 ? Steps::each : Steps::mixed; }
  double flops(const Shapes& in, const Shapes&) const override {
    return 2.0 * static_cast<double>(numel(in[0]) * pool * out_features);
  }

  void prepare(Prepare& p) const override {
    int64_t rows = numel(p.in()) / in_features;
    auto& op = p.keep(make_inner_product(p.env(), {.rows = rows,
                                                   .inputs = in_features,
                                                   .outputs = pool * out_features,
                                                   .bias = bias,
                                                   .wide_dst = true}));
    p.want(0, p.plain_values(p.in()));
    p.set_output(0, p.plain_values(p.out()));
    p.pack(0, op.weights);
    if (p.training()) p.pack(0, op.weights_backward);
    p.save(static_cast<size_t>(numel(p.out())) * sizeof(int32_t));  // which is the largest
    p.scratch(bytes_of_z(p.out(), p.env().dtype) + op.scratch_bytes);
    p.backward_reads_input();
  }

  void forward(Run& r) const override {
    void* rest = static_cast<std::byte*>(r.scratch()) + bytes_of_z(r.out(), r.dtype());
    r.op<InnerProduct>().forward(r.x(), r.packed(0), bias ? r.param(1) : nullptr, r.scratch(),
                                 rest);
    by_types(r, [&]<class T, class Value>() {
      each_row(numel(r.out()) / out_features, pool * out_features, [&](int64_t n) {
        const T* z = static_cast<const T*>(r.scratch()) + n * pool * out_features;
        Value* y = static_cast<Value*>(r.y()) + n * out_features;
        int32_t* largest = static_cast<int32_t*>(r.saved()) + n * out_features;
        for (int64_t o = 0; o < out_features; ++o) {
          int32_t best = 0;
          for (int32_t k = 1; k < pool; ++k) {
            if (z[k * out_features + o] > z[best * out_features + o]) best = k;
          }
          largest[o] = best;
          y[o] = static_cast<Value>(z[best * out_features + o]);
        }
      });
    });
  }

  // The largest ones get the gradient.
  void backward(Run& r) const override {
    void* rest = static_cast<std::byte*>(r.scratch()) + bytes_of_z(r.out(), r.dtype());
    by_value_dtype(r.value_dtype(), [&]<class Value>() {
      each_row(numel(r.out()) / out_features, pool * out_features, [&](int64_t n) {
        Value* dz = static_cast<Value*>(r.scratch()) + n * pool * out_features;
        const Value* dy = static_cast<const Value*>(r.dy()) + n * out_features;
        const int32_t* largest = static_cast<const int32_t*>(r.saved()) + n * out_features;
        std::fill_n(dz, pool * out_features, Value(0));
        for (int64_t o = 0; o < out_features; ++o) dz[largest[o] * out_features + o] = dy[o];
      });
    });
    auto& op = r.op<InnerProduct>();
    if (r.dx()) op.backward_data(r.scratch(), r.packed(1), r.dx(), rest);
    op.backward_weights(r.x(), r.scratch(), r.dparam(0), bias ? r.dparam(1) : nullptr, rest);
  }

 private:
  size_t bytes_of_z(const Shape& out, DType dtype) const {
    return whole_lines(static_cast<size_t>(numel(out) * pool) * size_of(dtype));
  }
};
FIRESTEEL_LAYER(Maxout);

}  // namespace firesteel
