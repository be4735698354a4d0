// SPDX-License-Identifier: Apache-2.0
// Linear: y = x W^T + b, over the last extent, of in_features numbers.
#include "nn/layer.h"
#include "nn/layers/linear/features.h"
#include "nn/weight_init.h"

namespace firesteel {

struct Linear final : LayerOf<Linear> {
  int64_t in_features = 0, out_features = 0;
  bool bias = true;
  std::string init = "default", bias_init = "default";

  static constexpr auto schema() {
    return Schema{"Linear",
                  "linear",
                  "Multiplies each row by a weight matrix and adds a bias.",
                  required("in_features", &Linear::in_features, "numbers in a row", positive),
                  required("out_features", &Linear::out_features, "numbers in a result", positive),
                  attr("bias", &Linear::bias, "add a learned bias"),
                  attr("init", &Linear::init, kInitDoc, known_matrix_init),
                  attr("bias_init", &Linear::bias_init, kBiasInitDoc, known_bias_init)};
  }
  static Sample sample() {
    return {.attrs = {{"in_features", int64_t{5}}, {"out_features", int64_t{3}}}, .in = {{4, 5}}};
  }

  std::vector<ParamSpec> params() const override {
    std::vector<ParamSpec> specs = {{.name = "weight",
                                     .shape = {out_features, in_features},
                                     .init = weight_init(init, in_features, out_features)}};
    if (bias) {
      specs.push_back({.name = "bias",
                       .shape = {out_features},
                       .init = firesteel::bias_init(bias_init, init, in_features),
                       .decay = false});
    }
    return specs;
  }

  Shapes infer(const Shapes& in) const override {
    return infer_features(in, in_features, out_features,
                          in[0].size() > 2 ? ". Put a Flatten before it" : "");
  }
  Steps steps(const Shape& in) const override { return in.size() > 2 ? Steps::each : Steps::mixed; }

  double flops(const Shapes& in, const Shapes&) const override {
    return 2.0 * static_cast<double>(numel(in[0]) * out_features);
  }

  void prepare(Prepare& p) const override {
    auto& op = p.keep(make_inner_product(p.env(), {.rows = numel(p.in()) / in_features,
                                                   .inputs = in_features,
                                                   .outputs = out_features,
                                                   .bias = bias}));
    p.want(0, p.plain_values(p.in()));
    p.set_output(0, p.plain_values(p.out()));
    p.pack(0, op.weights);
    if (p.training()) p.pack(0, op.weights_backward);
    p.backward_reads_input();
    p.scratch(op.scratch_bytes);
  }

  void forward(Run& r) const override {
    r.op<InnerProduct>().forward(r.x(), r.packed(0), bias ? r.param(1) : nullptr, r.y(),
                                 r.scratch());
  }

  void backward(Run& r) const override {
    auto& op = r.op<InnerProduct>();
    if (r.dx()) op.backward_data(r.dy(), r.packed(1), r.dx(), r.scratch());
    op.backward_weights(r.x(), r.dy(), r.dparam(0), bias ? r.dparam(1) : nullptr, r.scratch());
  }
};
FIRESTEEL_LAYER(Linear);

}  // namespace firesteel
