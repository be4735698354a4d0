// SPDX-License-Identifier: Apache-2.0
// MultiHeadAttention: q, k, v = x W_in^T + b_in, of one input or of one for each; of each head
// softmax(q k^T / sqrt(d)) v, side by side; y = those W_out^T + b_out. Vaswani et al., "Attention
// is all you need", 2017.
#include <algorithm>

#include "core/buffer.h"
#include "nn/layer.h"
#include "nn/layers/attention/in_projection.h"

namespace firesteel {

struct MultiHeadAttention final : LayerOf<MultiHeadAttention> {
  int64_t embed_dim = 0, num_heads = 1, kdim = 0, vdim = 0;
  float dropout = 0;
  bool bias = true, causal = false;

  static constexpr auto schema() {
    return Schema{
        "MultiHeadAttention",
        "attention",
        "Mixes the steps of each row by what they have in common with each other, or those of a "
        "second input (keys and values; a third one: values) by what they have in common with "
        "those of the first.",
        required("embed_dim", &MultiHeadAttention::embed_dim, "numbers of a step", positive),
        required("num_heads", &MultiHeadAttention::num_heads, "heads; divides embed_dim", positive),
        attr("dropout", &MultiHeadAttention::dropout,
             "probability of leaving out a step, for each pair of steps", fraction),
        attr("bias", &MultiHeadAttention::bias, "add learned biases"),
        attr("causal", &MultiHeadAttention::causal, "no step sees those after it"),
        attr("kdim", &MultiHeadAttention::kdim, "numbers of a step of keys; 0: embed_dim",
             nonnegative),
        attr("vdim", &MultiHeadAttention::vdim, "numbers of a step of values; 0: embed_dim",
             nonnegative)};
  }
  static Sample sample() {
    return {.attrs = {{"embed_dim", int64_t{6}},
                      {"num_heads", int64_t{2}},
                      {"dropout", 0.3},
                      {"causal", true}},
            .in = {{2, 4, 6}}};
  }

  void check() const override {
    require<AttrError>(embed_dim % num_heads == 0,
                       "MultiHeadAttention.num_heads: must divide embed_dim, got ", num_heads,
                       " for ", embed_dim);
  }
  int most_inputs() const override { return 3; }

  std::vector<ParamSpec> params() const override {
    // Glorot and Bengio, 2010; PyTorch takes the three weights for one where they are.
    auto weight = [&](const char* name, int64_t rows, int64_t columns) {
      float both = static_cast<float>(rows + columns);
      return ParamSpec{
          .name = name, .shape = {rows, columns}, .init = Init::uniform(std::sqrt(6.0f / both))};
    };
    std::vector<ParamSpec> specs;
    if (fused()) {
      specs = {weight("in_proj_weight", 3 * embed_dim, embed_dim)};
    } else {
      specs = {weight("q_proj_weight", embed_dim, embed_dim),
               weight("k_proj_weight", embed_dim, keys_width()),
               weight("v_proj_weight", embed_dim, values_width())};
    }
    specs.push_back({.name = "out_proj.weight",
                     .shape = {embed_dim, embed_dim},
                     .init = Init::fan_in(embed_dim)});
    if (bias) {
      specs.push_back({.name = "in_proj_bias", .shape = {3 * embed_dim}, .decay = false});
      specs.push_back({.name = "out_proj.bias", .shape = {embed_dim}, .decay = false});
    }
    return specs;
  }

  Shapes infer(const Shapes& in) const override {
    require(in[0].size() == 3 && in[0][2] == embed_dim, "input must be steps of ", embed_dim,
            " numbers, got ", without_batch(in[0]));
    require(fused() || in.size() > 1, "inputs must be queries and keys, of ", keys_width(),
            " numbers, got one input");
    for (size_t i = 1; i < in.size(); ++i) {
      int64_t width = i == 1 ? keys_width() : values_width();
      require(in[i].size() == 3 && in[i][2] == width, "input ", i, " must be steps of ", width,
              " numbers, got ", without_batch(in[i]));
      require(in[i][1] == in[1][1] && (!causal || in[i][1] == in[0][1]), "input ", i, " must have ",
              causal ? in[0][1] : in[1][1], " steps, got ", in[i][1]);
    }
    require(in.size() != 2 || values_width() == keys_width(), "input 1 must be steps of ",
            values_width(), " numbers to be values too, got ", without_batch(in.back()));
    return {in[0]};
  }

  Steps steps(const Shape&) const override { return Steps::followed; }

  // Four projections, and the products of queries with keys and of their weights with values.
  double flops(const Shapes& in, const Shapes&) const override {
    int64_t queries = in[0][0] * in[0][1], keys = in.back()[0] * in.back()[1];
    int64_t projections = 2 * queries * embed_dim + keys * (keys_width() + values_width());
    return 2.0 * static_cast<double>(embed_dim * (projections + 2 * queries * in.back()[1]));
  }

  void prepare(Prepare& p) const override;
  void forward(Run& r) const override;
  void backward(Run& r) const override;

 private:
  enum Op : size_t { kIn, kHeads, kOut };
  enum Slot : size_t { kProjected, kMixed, kOfHeads };

  int64_t keys_width() const { return kdim > 0 ? kdim : embed_dim; }
  int64_t values_width() const { return vdim > 0 ? vdim : embed_dim; }
  // Whether the weights of q, k and v are one parameter.
  bool fused() const { return keys_width() == embed_dim && values_width() == embed_dim; }
  // Parameters: weights, then biases.
  size_t out_weight() const { return fused() ? 1 : 3; }
  size_t in_bias() const { return out_weight() + 1; }
  size_t out_bias() const { return out_weight() + 2; }

  static size_t bytes(int64_t numbers, DType type) {
    return whole_lines(static_cast<size_t>(numbers) * size_of(type));
  }
};
FIRESTEEL_LAYER(MultiHeadAttention);

void MultiHeadAttention::prepare(Prepare& p) const {
  for (size_t i = 0; i < p.inputs(); ++i) p.want(i, p.plain_values(p.in(i)));
  p.set_output(0, p.plain_values(p.out()));
  const Shape &queries = p.in(), &keys = p.in(p.inputs() - 1);
  auto& in = p.keep(p.inputs() == 1 ? project_one(p, bias) : project_each(p, embed_dim, fused()));
  DType values = p.env().values();
  p.save(bytes(in.numbers, values));
  p.save(bytes(numel(queries), values));
  auto& heads = p.keep(std::make_unique<Heads>(p, HeadsSpec{.rows = queries[0],
                                                            .queries = queries[1],
                                                            .keys = keys[1],
                                                            .heads = num_heads,
                                                            .width = embed_dim / num_heads,
                                                            .value_width = embed_dim / num_heads,
                                                            .q_step = in.q.step,
                                                            .k_step = in.k.step,
                                                            .v_step = in.v.step,
                                                            .dropout = dropout,
                                                            .causal = causal,
                                                            .slot = kOfHeads}));
  auto& out = p.keep(make_inner_product(
      p.env(),
      {.rows = queries[0] * queries[1], .inputs = embed_dim, .outputs = embed_dim, .bias = bias}));
  p.pack(out_weight(), out.weights);
  size_t products = std::max({in.scratch_bytes, heads.scratch_bytes(), out.scratch_bytes});
  if (!p.training()) return p.scratch(products);
  p.pack(out_weight(), out.weights_backward);
  p.scratch(bytes(numel(queries), values) + bytes(in.numbers, values) +
            std::max(products, heads.backward_scratch_bytes()));
}

void MultiHeadAttention::forward(Run& r) const {
  // Run knows the padding of the first input alone.
  require(r.inputs() == 1 || r.batch().lengths.empty(),
          "MultiHeadAttention: rows must have no padding where there are several inputs");
  auto& in = r.op<InProjection>(kIn);
  in.forward(r, bias ? r.param(in_bias()) : nullptr, r.saved(kProjected));
  r.op<Heads>(kHeads).forward(r, in.values(r.value_dtype(), r.saved(kProjected)),
                              r.padded() ? r.batch().lengths.data() : nullptr, r.saved(kMixed),
                              r.scratch());
  r.op<InnerProduct>(kOut).forward(r.saved(kMixed), r.packed(in.packs),
                                   bias ? r.param(out_bias()) : nullptr, r.y(), r.scratch());
}

void MultiHeadAttention::backward(Run& r) const {
  auto& in = r.op<InProjection>(kIn);
  auto& out = r.op<InnerProduct>(kOut);
  auto* mixed = static_cast<std::byte*>(r.scratch());  // the gradient of it
  std::byte* projected = mixed + bytes(numel(r.in()), r.value_dtype());
  std::byte* rest = projected + bytes(in.numbers, r.value_dtype());
  out.backward_weights(r.saved(kMixed), r.dy(), r.dparam(out_weight()),
                       bias ? r.dparam(out_bias()) : nullptr, rest);
  out.backward_data(r.dy(), r.packed(in.packs + 1), mixed, rest);
  r.op<Heads>(kHeads).backward(r, in.values(r.value_dtype(), r.saved(kProjected)),
                               r.padded() ? r.batch().lengths.data() : nullptr, mixed,
                               in.gradients(r.value_dtype(), projected), rest);
  in.backward(r, bias ? r.dparam(in_bias()) : nullptr, projected, rest);
}

}  // namespace firesteel
