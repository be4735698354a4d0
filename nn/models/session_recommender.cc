// SPDX-License-Identifier: Apache-2.0
// session_recommender: the next item of a session, from its items by recurrent layers, and from what was
// bought before. Hidasi et al., "Session-based recommendations with recurrent neural networks", 2015.
#include "nn/models/language.h"

namespace firesteel {
namespace {

// A row has the session's items, then those of the history.
struct SessionRecommender final : ModelOf<SessionRecommender> {
  int64_t items = 500, embedding = 100, session_steps = 5, history_steps = 0;
  Dims rnn_hidden = {40, 20}, mlp_hidden = {40, 20};

  static constexpr auto schema() {
    using Self = SessionRecommender;
    return Schema{
        "session_recommender",
        "recommendation",
        "Recommends the next item of a session. A row has the session's items, then those of "
        "the history.",
        attr("items", &Self::items, "different ones", positive),
        attr("embedding", &Self::embedding, "numbers of an item", positive),
        attr("session_steps", &Self::session_steps, "items of a session", positive),
        attr("history_steps", &Self::history_steps, "items of a history; 0: there is none",
             nonnegative),
        attr("rnn_hidden", &Self::rnn_hidden, "units of the recurrent layers", positive),
        attr("mlp_hidden", &Self::mlp_hidden, "units of the history's layers", positive)};
  }
  void check() const override {
    require<AttrError>(!rnn_hidden.empty(), "session_recommender.rnn_hidden: must not be empty");
  }
  Json optimizer() const override { return {{"kind", "Adam"}, {"lr", 0.005}}; }
  void sample(Rng& rng, std::span<float> x, std::span<float> y) const override {
    // Who looks at an item looks at the one behind it next.
    auto all = static_cast<uint32_t>(items);
    uint32_t item = rng.below(all);
    for (int64_t t = 0; t < session_steps; ++t)
      x[static_cast<size_t>(t)] = static_cast<float>((item + t) % all);
    for (auto t = static_cast<size_t>(session_steps); t < x.size(); ++t) {
      x[t] = static_cast<float>(rng.below(all));
    }
    y[0] = static_cast<float>((item + session_steps) % all);
  }

  Graph graph() const override {
    NetBuilder net;
    Maps row = net.input({session_steps + history_steps});
    Maps x = embedded(net, "session", row, 0, session_steps);
    for (size_t layer = 0; layer < rnn_hidden.size(); ++layer) {
      bool sequences = layer + 1 < rnn_hidden.size();
      x = recurrent(net, cat("gru", layer + 1), "GRU", x, rnn_hidden[layer], sequences);
    }
    x = net.linear("session_score", x, items);
    if (history_steps == 0) return net.graph({x});
    Maps h = embedded(net, "history", row, session_steps, history_steps);
    h = net.add("history_sum", "Sum", {{"dims", Dims{1}}}, {h});
    for (size_t layer = 0; layer < mlp_hidden.size(); ++layer) {
      h = net.relu(cat("relu", layer + 1), net.linear(cat("fc", layer + 1), h, mlp_hidden[layer]));
    }
    return net.graph({net.add("score", "Add", {}, {x, net.linear("history_score", h, items)})});
  }

 private:
  Maps embedded(NetBuilder& net, const std::string& name, const Maps& row, int64_t start,
                int64_t length) const {
    Maps part = net.add(name, "Narrow", {{"start", start}, {"length", length}}, {row});
    return net.add(name + "_embedding", "Embedding",
                   {{"num_embeddings", items}, {"embedding_dim", embedding}}, {part});
  }
};
FIRESTEEL_MODEL(SessionRecommender);

}  // namespace
}  // namespace firesteel
