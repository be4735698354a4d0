// SPDX-License-Identifier: Apache-2.0
// What the blocks of Transformers share. Vaswani et al., "Attention is all you need", 2017.
#pragma once

#include "nn/composite.h"

namespace firesteel {

struct TransformerBlock : Composite {
  int64_t embed_dim = 0, num_heads = 1, hidden_dim = 0;
  std::string activation = "ReLU";
  float dropout = 0.1f, eps = 1e-5f;
  bool norm_first = false;

  void check() const override {
    require<AttrError>(embed_dim % num_heads == 0, kind(),
                       ".num_heads: must divide embed_dim, got ", num_heads, " for ", embed_dim);
    Registry<Layer>::instance().make(activation);
  }

 protected:
  Ref norm(Net& net, const std::string& name, Ref x) const {
    return net.add(name, "LayerNorm", {{"shape", Dims{embed_dim}}, {"eps", double{eps}}}, {x});
  }
  Ref attend(Net& net, const std::string& name, const std::vector<Ref>& in, bool causal) const {
    return net.add(name, "MultiHeadAttention",
                   {{"embed_dim", embed_dim},
                    {"num_heads", num_heads},
                    {"dropout", double{dropout}},
                    {"causal", causal}},
                   in);
  }
  // x + dropout(f(norm(x))), or norm(x + dropout(f(x))): Xiong et al., 2020.
  template <class Function>
  Ref residual(Net& net, const std::string& number, Ref x, const Function& f) const {
    Ref y = f(norm_first ? norm(net, "norm" + number, x) : x);
    if (dropout > 0) y = net.add("dropout" + number, "Dropout", {{"p", double{dropout}}}, {y});
    Ref sum = net.add("add" + number, "Add", {}, {x, y});
    return norm_first ? sum : norm(net, "norm" + number, sum);
  }
  Ref feed_forward(Net& net, const std::string& number, Ref x) const {
    return residual(net, number, x, [&](Ref in) {
      return net.add("feed_forward", "FeedForward",
                     {{"embed_dim", embed_dim},
                      {"hidden_dim", hidden_dim},
                      {"activation", activation},
                      {"dropout", double{dropout}}},
                     {in});
    });
  }
};

inline constexpr auto kBlockWidth =
    required("embed_dim", &TransformerBlock::embed_dim, "numbers of a step", positive);
inline constexpr auto kBlockHeads =
    required("num_heads", &TransformerBlock::num_heads, "heads; divides embed_dim", positive);
inline constexpr auto kBlockHidden =
    required("hidden_dim", &TransformerBlock::hidden_dim, "numbers inside FeedForward", positive);
inline constexpr auto kBlockActivation =
    attr("activation", &TransformerBlock::activation, "kind of the layer inside FeedForward");
inline constexpr auto kBlockDropout =
    attr("dropout", &TransformerBlock::dropout, "of attention, and of what is added", fraction);
inline constexpr auto kBlockEps =
    attr("eps", &TransformerBlock::eps, "added to the variance when normalizing", positive);
inline constexpr auto kBlockNormFirst = attr("norm_first", &TransformerBlock::norm_first,
                                             "normalize before each part instead of behind it");

template <class Derived>
using TransformerBlockOf = DescribedBy<Derived, TransformerBlock>;

}  // namespace firesteel
