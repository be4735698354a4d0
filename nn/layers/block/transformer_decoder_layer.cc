// SPDX-License-Identifier: Apache-2.0
// TransformerDecoderLayer: attention to the steps before, attention to the encoder's steps (the second
// input), then FeedForward.
#include "nn/layers/block/transformer.h"

namespace firesteel {

struct TransformerDecoderLayer final : TransformerBlockOf<TransformerDecoderLayer> {
  static constexpr auto schema() {
    return Schema{"TransformerDecoderLayer",
                  "block",
                  "A block of a Transformer's decoder: its steps, and the encoder's.",
                  kBlockWidth,
                  kBlockHeads,
                  kBlockHidden,
                  kBlockActivation,
                  kBlockDropout,
                  kBlockEps,
                  kBlockNormFirst};
  }
  static Sample sample() {
    return {.attrs = {{"embed_dim", int64_t{4}},
                      {"num_heads", int64_t{2}},
                      {"hidden_dim", int64_t{3}},
                      {"activation", std::string("GELU")}},
            .in = {{2, 3, 4}, {2, 2, 4}}};
  }
  int least_inputs() const override { return 2; }

  std::vector<Ref> build(Net& net, const std::vector<Ref>& in) const override {
    Ref x = residual(net, "1", in[0], [&](Ref y) { return attend(net, "attention", {y}, true); });
    x = residual(net, "2", x,
                 [&](Ref y) { return attend(net, "cross_attention", {y, in[1]}, false); });
    return {feed_forward(net, "3", x)};
  }
};
FIRESTEEL_LAYER(TransformerDecoderLayer);

}  // namespace firesteel
