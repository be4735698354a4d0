// SPDX-License-Identifier: Apache-2.0
// tree_lstm: sentiment of every phrase of a parsed sentence. Tai, Socher and Manning, 2015, section 4.1.
#include "nn/models/blocks.h"

namespace firesteel {
namespace {

// Each node of a row is its word's id (of inner nodes it does not matter) and the places of its two
// children, as BinaryTreeLSTM has them. Labels are a class for each node, -1 where there is none.
struct TreeLstm final : ModelOf<TreeLstm> {
  int64_t vocabulary = 20000, nodes = 63, embedding = 50, hidden = 150, classes = 5;
  float dropout = 0.5f;

  static constexpr auto schema() {
    using Self = TreeLstm;
    return Schema{
        "tree_lstm",
        "language",
        "Classifier of the nodes of binary trees. A node is a word's id and the places of its "
        "children: -1 twice is a leaf, -2 twice no node. Labels: a class for each node, -1 for "
        "none.",
        attr("vocabulary", &Self::vocabulary, "different words", positive),
        attr("nodes", &Self::nodes, "of the largest tree", positive),
        attr("embedding", &Self::embedding, "numbers of a word", positive),
        attr("hidden", &Self::hidden, "numbers of a state", positive),
        attr("classes", &Self::classes, "of a node", positive),
        attr("dropout", &Self::dropout, "of the states", fraction)};
  }
  Shape label_shape() const override { return {nodes}; }
  Json loss() const override { return {{"kind", "CrossEntropy"}, {"ignore_index", -1}}; }
  Json metrics() const override { return Json::array(); }
  Json optimizer() const override { return {{"kind", "Adagrad"}, {"lr", 0.05}}; }

  Graph graph() const override {
    NetBuilder net;
    Maps row = net.input({nodes, 3});
    Maps words = net.add("words", "Select", {{"dim", int64_t{2}}, {"index", int64_t{0}}}, {row});
    Maps children =
        net.add("children", "Narrow",
                {{"dim", int64_t{2}}, {"start", int64_t{1}}, {"length", int64_t{2}}}, {row});
    Maps x = net.add("embedding", "Embedding",
                     {{"num_embeddings", vocabulary}, {"embedding_dim", embedding}}, {words});
    x = net.add("tree", "BinaryTreeLSTM", {{"input_size", embedding}, {"hidden_size", hidden}},
                {x, children});
    if (dropout > 0) x = net.add("dropout", "Dropout", {{"p", double{dropout}}}, {x});
    return net.graph({net.linear("fc", x, classes)});
  }

  // A sentence that is read from the left: a phrase is as good as the best of its words.
  void sample(Rng& rng, std::span<float> x, std::span<float> y) const override {
    int64_t words = 2 + rng.below(static_cast<uint32_t>(std::max<int64_t>(1, (nodes + 1) / 2 - 1)));
    words = std::min(words, (nodes + 1) / 2);
    auto set = [&](int64_t node, int64_t word, int64_t left, int64_t right, int64_t label) {
      auto at = static_cast<size_t>(node);
      x[3 * at] = static_cast<float>(word);
      x[3 * at + 1] = static_cast<float>(left);
      x[3 * at + 2] = static_cast<float>(right);
      y[at] = static_cast<float>(label);
    };
    for (int64_t node = 0; node < nodes; ++node) set(node, 0, -2, -2, -1);
    int64_t next = 0, phrase = -1, best = 0;
    for (int64_t i = 0; i < words; ++i) {
      auto word = static_cast<int64_t>(rng.below(static_cast<uint32_t>(vocabulary)));
      int64_t good = word % classes, leaf = next++;
      set(leaf, word, -1, -1, good);
      best = i == 0 ? good : std::max(best, good);
      if (i > 0) set(next++, 0, phrase, leaf, best);
      phrase = next - 1;
    }
  }
};
FIRESTEEL_MODEL(TreeLstm);

}  // namespace
}  // namespace firesteel
