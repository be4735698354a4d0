// SPDX-License-Identifier: Apache-2.0
// TransformerEncoderLayer: attention to all steps, then FeedForward, each added to what it sees.
#include "nn/layers/block/transformer.h"

namespace firesteel {

struct TransformerEncoderLayer final : TransformerBlockOf<TransformerEncoderLayer> {
  bool causal = false;

  static constexpr auto schema() {
    return Schema{"TransformerEncoderLayer",
                  "block",
                  "A block of a Transformer's encoder, or of a language model where it is causal.",
                  kBlockWidth,
                  kBlockHeads,
                  kBlockHidden,
                  kBlockActivation,
                  kBlockDropout,
                  kBlockEps,
                  kBlockNormFirst,
                  attr("causal", &TransformerEncoderLayer::causal, "no step sees those after it")};
  }
  static Sample sample() {
    return {.attrs = {{"embed_dim", int64_t{4}},
                      {"num_heads", int64_t{2}},
                      {"hidden_dim", int64_t{3}},
                      {"activation", std::string("GELU")}},
            .in = {{2, 3, 4}}};
  }

  std::vector<Ref> build(Net& net, const std::vector<Ref>& in) const override {
    Ref x = residual(net, "1", in[0], [&](Ref y) { return attend(net, "attention", {y}, causal); });
    return {feed_forward(net, "2", x)};
  }
};
FIRESTEEL_LAYER(TransformerEncoderLayer);

}  // namespace firesteel
