// SPDX-License-Identifier: Apache-2.0
// ScaledDotProductAttention of queries q, keys k and values v, each cut into heads:
// y = softmax(q k^T / sqrt(d)) v, side by side. Vaswani et al., "Attention is all you need", 2017.
#include <algorithm>

#include "nn/layer.h"
#include "nn/layers/attention/heads.h"

namespace firesteel {

struct ScaledDotProductAttention final : LayerOf<ScaledDotProductAttention> {
  int64_t num_heads = 1;
  float dropout = 0;
  bool causal = false;

  static constexpr auto schema() {
    return Schema{
        "ScaledDotProductAttention",
        "attention",
        "MultiHeadAttention without its learned projections: takes queries, keys and values as "
        "they "
        "are, or queries and what is both keys and values.",
        attr("num_heads", &ScaledDotProductAttention::num_heads,
             "heads; divides the numbers of a step", positive),
        attr("dropout", &ScaledDotProductAttention::dropout,
             "probability of leaving out a step, for each pair of steps", fraction),
        attr("causal", &ScaledDotProductAttention::causal, "no step sees those after it")};
  }
  static Sample sample() {
    return {.attrs = {{"num_heads", int64_t{2}}, {"dropout", 0.3}},
            .in = {{2, 3, 4}, {2, 5, 4}, {2, 5, 6}}};
  }

  int least_inputs() const override { return 2; }
  int most_inputs() const override { return 3; }

  Shapes infer(const Shapes& in) const override {
    const Shape &q = in[0], &k = in[1], &v = in.back();
    for (const Shape& shape : in) {
      require(shape.size() == 3 && shape[2] % num_heads == 0, "input must be steps of ", num_heads,
              " heads, got ", without_batch(shape));
    }
    require(k[2] == q[2], "input 1 must be steps of ", q[2], " numbers, got ", without_batch(k));
    require(v[1] == k[1], "input 2 must have ", k[1], " steps, got ", without_batch(v));
    require(!causal || k[1] == q[1], "input 1 must have ", q[1], " steps, got ", without_batch(k));
    return {{q[0], q[1], v[2]}};
  }

  double flops(const Shapes& in, const Shapes&) const override {
    int64_t pairs = in[0][0] * in[0][1] * in[1][1];
    return 2.0 * static_cast<double>(pairs * (in[0][2] + in.back()[2]));
  }

  void prepare(Prepare& p) const override {
    for (size_t i = 0; i < p.inputs(); ++i) {
      p.want(i, p.plain_values(p.in(i)));
      p.backward_reads_input(i);
    }
    p.set_output(0, p.plain_values(p.out()));
    const Shape &q = p.in(), &k = p.in(1), &v = p.in(p.inputs() - 1);
    auto& heads = p.keep(std::make_unique<Heads>(p, HeadsSpec{.rows = q[0],
                                                              .queries = q[1],
                                                              .keys = k[1],
                                                              .heads = num_heads,
                                                              .width = q[2] / num_heads,
                                                              .value_width = v[2] / num_heads,
                                                              .q_step = q[2],
                                                              .k_step = k[2],
                                                              .v_step = v[2],
                                                              .dropout = dropout,
                                                              .causal = causal,
                                                              .one_gradient = p.inputs() == 2}));
    p.scratch(p.training() ? heads.backward_scratch_bytes() : heads.scratch_bytes());
  }

  void forward(Run& r) const override {
    r.op<Heads>().forward(r, values(r), nullptr, r.y(), r.scratch());
  }
  void backward(Run& r) const override {
    Heads::Gradients dx{r.dx(), r.dx(1), r.dx(r.inputs() - 1)};
    r.op<Heads>().backward(r, values(r), nullptr, r.dy(), dx, r.scratch());
  }

 private:
  static Heads::Values values(const Run& r) { return {r.x(), r.x(1), r.x(r.inputs() - 1)}; }
};
FIRESTEEL_LAYER(ScaledDotProductAttention);

}  // namespace firesteel
