// SPDX-License-Identifier: Apache-2.0
// FeedForward: y = f(x W_1^T + b_1) W_2^T + b_2 at each step. Vaswani et al., "Attention is all you
// need", 2017, section 3.3.
#include "nn/composite.h"

namespace firesteel {

struct FeedForward final : CompositeOf<FeedForward> {
  int64_t embed_dim = 0, hidden_dim = 0;
  std::string activation = "ReLU";
  float dropout = 0;

  static constexpr auto schema() {
    return Schema{
        "FeedForward",
        "block",
        "Two linear layers with an activation between them, at each step.",
        required("embed_dim", &FeedForward::embed_dim, "numbers of a step", positive),
        required("hidden_dim", &FeedForward::hidden_dim, "numbers between the two", positive),
        attr("activation", &FeedForward::activation, "kind of the layer between them"),
        attr("dropout", &FeedForward::dropout, "of the numbers between them", fraction)};
  }
  static Sample sample() {
    return {.attrs = {{"embed_dim", int64_t{3}},
                      {"hidden_dim", int64_t{4}},
                      {"activation", std::string("GELU")},
                      {"dropout", 0.3}},
            .in = {{2, 2, 3}}};
  }
  void check() const override { Registry<Layer>::instance().make(activation); }

  std::vector<Ref> build(Net& net, const std::vector<Ref>& in) const override {
    Ref x = net.add("linear1", "Linear", {{"in_features", embed_dim}, {"out_features", hidden_dim}},
                    {in[0]});
    x = net.add("activation", activation, {}, {x});
    if (dropout > 0) x = net.add("dropout", "Dropout", {{"p", double{dropout}}}, {x});
    return {net.add("linear2", "Linear", {{"in_features", hidden_dim}, {"out_features", embed_dim}},
                    {x})};
  }
};
FIRESTEEL_LAYER(FeedForward);

}  // namespace firesteel
