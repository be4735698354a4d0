// SPDX-License-Identifier: Apache-2.0
// Bilinear: y[o] = x1^T W[o] x2 + b[o], over the last extents of two inputs.
#include "core/buffer.h"
#include "nn/layer.h"
#include "nn/layers/arithmetic/rows.h"
#include "nn/weight_init.h"

namespace firesteel {

struct Bilinear final : LayerOf<Bilinear> {
  int64_t in1_features = 0, in2_features = 0, out_features = 0;
  bool bias = true;
  std::string init = "default", bias_init = "default";

  static constexpr auto schema() {
    return Schema{
        "Bilinear",
        "linear",
        "Sums of products of a number of the first row, one of the second and a weight, and a "
        "bias.",
        required("in1_features", &Bilinear::in1_features, "numbers in a first row", positive),
        required("in2_features", &Bilinear::in2_features, "numbers in a second row", positive),
        required("out_features", &Bilinear::out_features, "numbers in a result", positive),
        attr("bias", &Bilinear::bias, "add a learned bias"),
        attr("init", &Bilinear::init, kInitDoc, known_matrix_init),
        attr("bias_init", &Bilinear::bias_init, kBiasInitDoc, known_bias_init)};
  }
  static Sample sample() {
    return {.attrs = {{"in1_features", int64_t{4}},
                      {"in2_features", int64_t{3}},
                      {"out_features", int64_t{2}}},
            .in = {{2, 2, 4}, {2, 2, 3}}};
  }

  std::vector<ParamSpec> params() const override {
    int64_t fan_out = out_features * in2_features;
    std::vector<ParamSpec> specs = {{.name = "weight",
                                     .shape = {out_features, in1_features, in2_features},
                                     .init = weight_init(init, in1_features, fan_out)}};
    if (bias) {
      specs.push_back({.name = "bias",
                       .shape = {out_features},
                       .init = firesteel::bias_init(bias_init, init, in1_features),
                       .decay = false});
    }
    return specs;
  }

  int least_inputs() const override { return 2; }
  Shapes infer(const Shapes& in) const override {
    bool fit = in[0].size() >= 2 && in[1].size() == in[0].size() && in[0].back() == in1_features &&
               in[1].back() == in2_features &&
               std::equal(in[0].begin(), in[0].end() - 1, in[1].begin());
    require(fit, "inputs must be as many rows of ", in1_features, " as of ", in2_features,
            " numbers, got ", without_batch(in[0]), " and ", without_batch(in[1]));
    Shape out = in[0];
    out.back() = out_features;
    return {out};
  }
  Steps steps(const Shape& in) const override { return in.size() > 2 ? Steps::each : Steps::mixed; }
  double flops(const Shapes&, const Shapes& out) const override {
    return 2.0 * static_cast<double>(numel(out[0]) * in1_features * (in2_features + 1));
  }

  // z[o, i] = sum over j of W[o, i, j] x2[j], a Linear of out x in1 results; then y = sums of z x1.
  void prepare(Prepare& p) const override {
    Env env = p.env();
    env.compute = DType::f32;  // z is multiplied again
    auto& op = p.keep(make_inner_product(env, {.rows = numel(p.in(1)) / in2_features,
                                               .inputs = in2_features,
                                               .outputs = out_features * in1_features,
                                               .bias = false}));
    p.pack(0, op.weights);
    if (p.training()) p.pack(0, op.weights_backward);
    p.save(bytes_of_z(p.in(0), env.dtype));
    p.scratch(op.scratch_bytes + (p.training() ? bytes_of_z(p.in(0), env.dtype) : 0));
    p.backward_reads_input(0);
    p.backward_reads_input(1);
  }

  void forward(Run& r) const override {
    r.op<InnerProduct>().forward(r.x(1), r.packed(0), nullptr, r.saved(), r.scratch());
    by_dtype(r.dtype(), [&]<class T>() {
      auto* b = bias ? static_cast<const T*>(r.param(1)) : nullptr;
      each_pair<T>(r, [&](int64_t n, const T* x1, const T* z) {
        T* y = static_cast<T*>(r.y()) + n * out_features;
        for (int64_t o = 0; o < out_features; ++o, z += in1_features) {
          y[o] = dot(x1, z, in1_features) + (b ? b[o] : T(0));
        }
      });
    });
  }

  void backward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() { backward_as<T>(r); });
  }

 private:
  size_t bytes_of_z(const Shape& in, DType dtype) const {
    return whole_lines(static_cast<size_t>(numel(in) * out_features) * size_of(dtype));
  }
  // body(n, n-th row of input 0, its z); several at once.
  template <class T, class Body>
  void each_pair(const Run& r, const Body& body) const {
    int64_t work = out_features * in1_features;
    each_row(numel(r.in(0)) / in1_features, work, [&](int64_t n) {
      body(n, static_cast<const T*>(r.x(0)) + n * in1_features,
           static_cast<const T*>(r.saved()) + n * work);
    });
  }

  template <class T>
  void backward_as(Run& r) const {
    auto* dz = static_cast<T*>(r.scratch());
    void* rest = static_cast<std::byte*>(r.scratch()) + bytes_of_z(r.in(0), r.dtype());
    auto* dy = static_cast<const T*>(r.dy());
    each_pair<T>(r, [&](int64_t n, const T* x1, const T* z) {
      T* dx1 = r.dx(0) ? static_cast<T*>(r.dx(0)) + n * in1_features : nullptr;
      if (dx1) std::fill_n(dx1, in1_features, T(0));
      T* to = dz + n * out_features * in1_features;
      for (int64_t o = 0; o < out_features; ++o, to += in1_features, z += in1_features) {
        T g = dy[n * out_features + o];
        for (int64_t i = 0; i < in1_features; ++i) to[i] = g * x1[i];
        for (int64_t i = 0; i < in1_features && dx1; ++i) dx1[i] += g * z[i];
      }
    });
    auto& op = r.op<InnerProduct>();
    if (r.dx(1)) op.backward_data(dz, r.packed(1), r.dx(1), rest);
    op.backward_weights(r.x(1), dz, r.dparam(0), nullptr, rest);
    if (!bias) return;
    auto* db = static_cast<T*>(r.dparam(1));
    std::fill_n(db, out_features, T(0));
    for (int64_t n = 0; n < numel(r.out()) / out_features; ++n) {
      for (int64_t o = 0; o < out_features; ++o) db[o] += dy[n * out_features + o];
    }
  }
};
FIRESTEEL_LAYER(Bilinear);

}  // namespace firesteel
