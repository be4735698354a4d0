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

Graph transformer() {
  NetBuilder net;
  Maps x = net.input({kSteps});
  x = net.add("embedding", "Embedding", {{"num_embeddings", kIds}, {"embedding_dim", kWidth}}, {x});
  x = net.add("positions", "PositionalEmbedding",
              {{"num_positions", kSteps}, {"embedding_dim", kWidth}}, {x});
  x = block(net, "block2", block(net, "block1", x));
  x = net.add("last", "Narrow", {{"start", kSteps - 1}, {"length", int64_t{1}}}, {x});
  x = norm(net, "norm", net.add("flatten", "Flatten", {}, {x}));
  return net.graph({net.linear("fc", x, 10)});
}

void sample_row(Rng& rng, std::span<float> row) {
  for (float& id : row) id = static_cast<float>(rng.below(kIds));
}
FIRESTEEL_MODEL(transformer, "encoder of 2 blocks, 4 heads and width 128 for 64 ids, 10 classes",
                transformer, sample_row);

}  // namespace
}  // namespace firesteel
