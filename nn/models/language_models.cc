// SPDX-License-Identifier: Apache-2.0
// simple_rnn: one plain recurrent layer (Elman, 1990). ptb: the language model of Zaremba, Sutskever and
// Vinyals, "Recurrent neural network regularization", 2014, or a Transformer in its place.
#include "nn/models/language.h"

namespace firesteel {
namespace {

struct SimpleRnn final : DescribedBy<SimpleRnn, LanguageModel> {
  SimpleRnn() { vocabulary = 4001, hidden = 40; }
  static constexpr auto schema() {
    return Schema{"simple_rnn",
                  "language",
                  "Language model of one plain recurrent layer.",
                  kVocabulary,
                  kTextSteps,
                  attr("hidden", &LanguageModel::hidden, "units of the layer", positive)};
  }
  Graph graph() const override {
    NetBuilder net;
    Maps x = recurrent(net, "rnn", "RNN", embedded(net, hidden), hidden);
    return net.graph({net.linear("fc", x, vocabulary)});
  }
};
FIRESTEEL_MODEL(SimpleRnn);

struct KnownCell {
  static std::string text() { return "must be LSTM, GRU, RNN or Transformer"; }
  constexpr bool operator()(const std::string& cell) const {
    return cell == "LSTM" || cell == "GRU" || cell == "RNN" || cell == "Transformer";
  }
};

struct Ptb final : DescribedBy<Ptb, LanguageModel> {
  int64_t layers = 2, heads = 4;
  float dropout = 0;
  std::string cell = "LSTM";

  static constexpr auto schema() {
    return Schema{"ptb",
                  "language",
                  "Language model of the Penn Treebank: recurrent layers, or a causal Transformer.",
                  kVocabulary,
                  kTextSteps,
                  attr("cell", &Ptb::cell, "kind of its layers", KnownCell{}),
                  attr("hidden", &LanguageModel::hidden, "units of a layer", positive),
                  attr("layers", &Ptb::layers, "one behind the other", positive),
                  attr("heads", &Ptb::heads, "of a Transformer", positive),
                  attr("dropout", &Ptb::dropout, "between the layers", fraction)};
  }

  Graph graph() const override {
    NetBuilder net;
    Maps x = embedded(net, hidden);
    bool transformer = cell == "Transformer";
    if (transformer) x = net.add("positions", "SinusoidalPositions", {}, {x});
    for (int64_t layer = 1; layer <= layers; ++layer) {
      if (dropout > 0) {
        x = net.add(cat("dropout", layer), "Dropout", {{"p", double{dropout}}}, {x});
      }
      std::string name = cat("layer", layer);
      x = transformer ? net.add(name, "TransformerEncoderLayer",
                                {{"embed_dim", hidden},
                                 {"num_heads", heads},
                                 {"hidden_dim", 4 * hidden},
                                 {"dropout", double{dropout}},
                                 {"norm_first", true},
                                 {"causal", true}},
                                {x})
                      : recurrent(net, name, cell, x, hidden);
    }
    return net.graph({net.linear("fc", x, vocabulary)});
  }
};
FIRESTEEL_MODEL(Ptb);

}  // namespace
}  // namespace firesteel
