// SPDX-License-Identifier: Apache-2.0
// Softmax: y = exp(x) / sum of exp(x), over the last extent.
#include "backend/kernels/softmax.h"
#include "nn/layer.h"

namespace firesteel {

struct Softmax final : LayerOf<Softmax> {
  static constexpr auto schema() {
    return Schema{"Softmax", "activation",
                  "Turns the last extent into probabilities. Train with "
                  "CrossEntropy on the numbers before it."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 5}}}; }

  Shapes infer(const Shapes& in) const override {
    require(in[0].size() >= 2, "input must have at least one extent besides the batch");
    return {in[0]};
  }
  Steps steps(const Shape& in) const override { return in.size() > 2 ? Steps::each : Steps::mixed; }
  void prepare(Prepare& p) const override {
    p.keep(std::make_unique<kernels::Softmax>(kernels::softmax(p.env())));
    p.backward_reads_output();
    p.in_place();
  }

  void forward(Run& r) const override {
    r.pass_on(r.x(), r.y());
    r.op<kernels::Softmax>().forward(rows(r), r.y());
  }
  void backward(Run& r) const override {
    if (!r.dx()) return;
    r.pass_on(r.dy(), r.dx());
    r.op<kernels::Softmax>().backward(rows(r), r.y(), r.dx());
  }

 private:
  static kernels::SoftmaxRows rows(const Run& r) {
    return {.rows = numel(r.in()) / r.in().back(), .width = r.in().back()};
  }
};
FIRESTEEL_LAYER(Softmax);

}  // namespace firesteel
