// SPDX-License-Identifier: Apache-2.0
// transformer: a small encoder of 64 ids with two blocks, normalized before each part of a block
// (Xiong et al., 2020), and a classifier of the last step.
#include "nn/models/blocks.h"

namespace firesteel {
namespace {

constexpr int64_t kSteps = 64, kIds = 10000, kWidth = 128, kHidden = 512, kHeads = 4;

Maps norm(NetBuilder& net, const std::string& name, const Maps& x) {
  return net.add(name, "LayerNorm", {{"shape", Dims{kWidth}}}, {x});
}

Maps block(NetBuilder& net, const std::string& name, const Maps& input) {
  Maps y = norm(net, name + "_norm1", input);
  y = net.add(name + "_attention", "MultiHeadAttention",
              {{"embed_dim", kWidth}, {"num_heads", kHeads}}, {y});
  Maps x = net.add(name + "_add1", "Add", {}, {input, y});
  y = net.linear(name + "_fc1", norm(net, name + "_norm2", x), kHidden);
  y = net.linear(name + "_fc2", net.add(name + "_gelu", "GELU", {}, {y}), kWidth);
  return net.add(name + "_add2", "Add", {}, {x, y});
}

Graph transformer(int64_t classes) {
  NetBuilder net;
  Maps x = net.input({kSteps});
  x = net.add("embedding", "Embedding", {{"num_embeddings", kIds}, {"embedding_dim", kWidth}}, {x});
  x = net.add("positions", "PositionalEmbedding",
              {{"num_positions", kSteps}, {"embedding_dim", kWidth}}, {x});
  x = block(net, "block2", block(net, "block1", x));
  x = net.add("last", "Narrow", {{"start", kSteps - 1}, {"length", int64_t{1}}}, {x});
  x = norm(net, "norm", net.add("flatten", "Flatten", {}, {x}));
  return net.graph({net.linear("fc", x, classes)});
}

struct SmallTransformer final : ClassifierOf<SmallTransformer> {
  SmallTransformer() { classes = 10; }
  static constexpr auto schema() {
    return Schema{"transformer", "sequence",
                  "Encoder of 2 blocks, 4 heads and width 128 for 64 ids.", kModelClasses};
  }
  Graph graph() const override { return transformer(classes); }
  // A class has ids of its own range.
  void sample(Rng& rng, std::span<float> x, std::span<float> y) const override {
    int64_t of_class = rng.below(static_cast<uint32_t>(classes)), range = kIds / classes;
    for (float& id : x) {
      id = static_cast<float>(of_class * range + rng.below(static_cast<uint32_t>(range)));
    }
    y[0] = static_cast<float>(of_class);
  }
};
FIRESTEEL_MODEL(SmallTransformer);

}  // namespace
}  // namespace firesteel
