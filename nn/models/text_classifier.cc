// SPDX-License-Identifier: Apache-2.0
// text_classifier: of rows of ids, by convolutions (Kim, "Convolutional neural networks for sentence
// classification", 2014) or by the last state of a recurrent layer.
#include "nn/models/language.h"

namespace firesteel {
namespace {

struct KnownEncoder {
  static std::string text() { return "must be cnn, lstm or gru"; }
  constexpr bool operator()(const std::string& name) const {
    return name == "cnn" || name == "lstm" || name == "gru";
  }
};

struct TextClassifier final : ClassifierOf<TextClassifier> {
  int64_t vocabulary = 20000, steps = 200, embedding = 50, hidden = 128;
  Dims windows = {3, 4, 5};
  float dropout = 0.2f;
  std::string encoder = "cnn";

  TextClassifier() { classes = 20; }
  static constexpr auto schema() {
    using Self = TextClassifier;
    return Schema{"text_classifier",
                  "language",
                  "Classifier of texts, by convolutions or a recurrent layer.",
                  kModelClasses,
                  attr("vocabulary", &Self::vocabulary, "different ids", positive),
                  attr("steps", &Self::steps, "ids of a row", positive),
                  attr("embedding", &Self::embedding, "numbers of an id", positive),
                  attr("encoder", &Self::encoder, "what makes one row of the ids", KnownEncoder{}),
                  attr("hidden", &Self::hidden, "its units, or channels of each window", positive),
                  attr("windows", &Self::windows, "ids that a convolution sees", positive),
                  attr("dropout", &Self::dropout, "before the classifier", fraction)};
  }

  Graph graph() const override {
    NetBuilder net;
    Maps x = net.add("embedding", "Embedding",
                     {{"num_embeddings", vocabulary}, {"embedding_dim", embedding}},
                     {net.input({steps})});
    if (encoder == "cnn") {
      x = convolved(net, x);
    } else {
      x = recurrent(net, encoder, encoder == "lstm" ? "LSTM" : "GRU", x, hidden, false);
    }
    if (dropout > 0) x = net.add("dropout", "Dropout", {{"p", double{dropout}}}, {x});
    return net.graph({net.linear("fc", x, classes)});
  }
  // A class has some ids more often than others.
  void sample(Rng& rng, std::span<float> x, std::span<float> y) const override {
    auto ids = static_cast<uint64_t>(vocabulary);
    uint64_t of_class = rng.below(static_cast<uint64_t>(classes));
    for (float& id : x) {
      bool own = rng.below(4) == 0;
      id = static_cast<float>(own ? (of_class * 13 + rng.below(5)) % ids : rng.below(ids));
    }
    y[0] = static_cast<float>(of_class);
  }

 private:
  Maps convolved(NetBuilder& net, const Maps& embedded) const {
    Maps x =
        net.add("channels", "Transpose", {{"dim0", int64_t{1}}, {"dim1", int64_t{2}}}, {embedded});
    std::vector<Maps> parts;
    for (int64_t window : windows) {
      std::string name = cat("conv", window);
      Maps y = net.add(
          name, "Conv1d",
          {{"in_channels", embedding}, {"out_channels", hidden}, {"kernel_size", window}}, {x});
      y = net.relu(name + "_relu", y);
      parts.push_back(net.add(name + "_max", "GlobalMaxPool1d", {}, {y}));
    }
    return parts.size() == 1 ? parts[0] : net.concat("concat", parts);
  }
};
FIRESTEEL_MODEL(TextClassifier);

}  // namespace
}  // namespace firesteel
