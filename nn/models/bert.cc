// SPDX-License-Identifier: Apache-2.0
// bert: the encoder of Devlin et al., 2018, with its pooler, and a classifier of whole texts.
#include "nn/models/language.h"

namespace firesteel {
namespace {

// A row has its ids, then the segment (0 or 1) that each is of.
struct Bert final : ClassifierOf<Bert> {
  int64_t vocabulary = 30522, steps = 128, positions = 512, segments = 2;
  int64_t hidden = 768, layers = 12, heads = 12, intermediate = 3072;
  float dropout = 0.1f;

  Bert() { classes = 2; }
  static constexpr auto schema() {
    using Self = Bert;
    return Schema{"bert",
                  "language",
                  "BERT's encoder and pooler, and a classifier. A row is [2, steps]: ids, and the "
                  "segment of each.",
                  attr("classes", &ClassifierModel::classes, "of a text; 0: the pooler's numbers",
                       nonnegative),
                  attr("vocabulary", &Self::vocabulary, "different ids", positive),
                  attr("steps", &Self::steps, "ids of a row", positive),
                  attr("positions", &Self::positions, "of the longest text", positive),
                  attr("segments", &Self::segments, "different ones", positive),
                  attr("hidden", &Self::hidden, "numbers of a step", positive),
                  attr("layers", &Self::layers, "blocks of the encoder", positive),
                  attr("heads", &Self::heads, "of attention", positive),
                  attr("intermediate", &Self::intermediate, "numbers inside FeedForward", positive),
                  attr("dropout", &Self::dropout, "everywhere", fraction)};
  }
  Json optimizer() const override { return {{"kind", "AdamW"}, {"lr", 1e-4}}; }

  Graph graph() const override {
    NetBuilder net;
    Maps row = net.input({2, steps});
    Maps words = table(net, "word_embeddings", part(net, "ids", row, 0), vocabulary);
    Maps x = net.add("position_embeddings", "PositionalEmbedding",
                     {{"num_positions", positions}, {"embedding_dim", hidden}}, {words});
    Maps types = table(net, "segment_embeddings", part(net, "segments", row, 1), segments);
    x = net.add("embeddings", "Add", {}, {x, types});
    x = net.add("embeddings_norm", "LayerNorm", {{"shape", Dims{hidden}}, {"eps", 1e-12}}, {x});
    x = dropped(net, "embeddings_dropout", x);
    for (int64_t layer = 0; layer < layers; ++layer) {
      x = net.add(cat("layer", layer), "TransformerEncoderLayer",
                  {{"embed_dim", hidden},
                   {"num_heads", heads},
                   {"hidden_dim", intermediate},
                   {"activation", std::string("GELU")},
                   {"dropout", double{dropout}},
                   {"eps", 1e-12}},
                  {x});
    }
    // The first step stands for the text.
    x = net.add("first", "Select", {{"dim", int64_t{1}}, {"index", int64_t{0}}}, {x});
    x = net.add("pooler_tanh", "Tanh", {}, {net.linear("pooler", x, hidden)});
    if (classes == 0) return net.graph({x});
    return net.graph({net.linear("classifier", dropped(net, "dropout", x), classes)});
  }

  // A class has ids of its own range, in two segments.
  void sample(Rng& rng, std::span<float> x, std::span<float> y) const override {
    int64_t of = std::max<int64_t>(1, classes), range = std::max<int64_t>(1, vocabulary / of);
    auto of_class = static_cast<int64_t>(rng.below(static_cast<uint32_t>(of)));
    for (size_t t = 0; t < static_cast<size_t>(steps); ++t) {
      x[t] = static_cast<float>(of_class * range + rng.below(static_cast<uint32_t>(range)));
      x[t + static_cast<size_t>(steps)] = 2 * static_cast<int64_t>(t) < steps ? 0.f : 1.f;
    }
    y[0] = static_cast<float>(of_class);
  }

 private:
  static Maps part(NetBuilder& net, const std::string& name, const Maps& row, int64_t index) {
    return net.add(name, "Select", {{"dim", int64_t{1}}, {"index", index}}, {row});
  }
  Maps table(NetBuilder& net, const std::string& name, const Maps& ids, int64_t rows) const {
    return net.add(name, "Embedding", {{"num_embeddings", rows}, {"embedding_dim", hidden}}, {ids});
  }
  Maps dropped(NetBuilder& net, const std::string& name, const Maps& x) const {
    return dropout > 0 ? net.add(name, "Dropout", {{"p", double{dropout}}}, {x}) : x;
  }
};
FIRESTEEL_MODEL(Bert);

}  // namespace
}  // namespace firesteel
