// SPDX-License-Identifier: Apache-2.0
// seq2seq: an encoder, a decoder that knows what came before, and attention of the decoder's states to the
// encoder's. Sutskever, Vinyals and Le, 2014; Luong, Pham and Manning, 2015.
#include "nn/models/language.h"

namespace firesteel {
namespace {

struct KnownRecurrent {
  static std::string text() { return "must be LSTM, GRU or RNN"; }
  constexpr bool operator()(const std::string& cell) const {
    return cell == "LSTM" || cell == "GRU" || cell == "RNN";
  }
};

// A row has the source's ids, then the target's ids from the mark of its beginning (id 0) on. Made-up
// targets are the source backwards.
struct Seq2Seq final : ModelOf<Seq2Seq> {
  int64_t source_vocabulary = 50, target_vocabulary = 50, source_steps = 10, target_steps = 10;
  int64_t embedding = 32, hidden = 64;
  std::string cell = "GRU";

  static constexpr auto schema() {
    using Self = Seq2Seq;
    return Schema{
        "seq2seq",
        "language",
        "Sequence to sequence with attention. A row has the source's ids, then the target's "
        "from its beginning on; labels are the target's next ids.",
        attr("source_vocabulary", &Self::source_vocabulary, "different ids", positive),
        attr("target_vocabulary", &Self::target_vocabulary, "different ids", positive),
        attr("source_steps", &Self::source_steps, "ids of a source", positive),
        attr("target_steps", &Self::target_steps, "ids of a target", positive),
        attr("embedding", &Self::embedding, "numbers of an id", positive),
        attr("hidden", &Self::hidden, "units of the layers", positive),
        attr("cell", &Self::cell, "kind of the recurrent layers", KnownRecurrent{})};
  }
  Shape label_shape() const override { return {target_steps}; }
  Json metrics() const override { return Json::array(); }
  Json optimizer() const override { return {{"kind", "Adam"}, {"lr", 0.005}}; }

  Graph graph() const override {
    NetBuilder net;
    Maps row = net.input({source_steps + target_steps});
    Maps source = embedded(net, "source", row, 0, source_steps, source_vocabulary);
    Maps target = embedded(net, "target", row, source_steps, target_steps, target_vocabulary);
    Maps states = recurrent(net, "encoder", cell, source, hidden);
    // The decoder begins with what the encoder ended with.
    Maps last = net.add("last", "Select", {{"dim", int64_t{1}}, {"index", int64_t{-1}}}, {states});
    last = net.add("repeat", "Repeat", {{"dim", int64_t{1}}, {"times", target_steps}}, {last});
    Maps x = net.add("decoder_input", "Concat", {{"dim", int64_t{2}}}, {target, last});
    x = recurrent(net, "decoder", cell, x, hidden);
    Maps context = net.add("attention", "ScaledDotProductAttention", {}, {x, states});
    x = net.add("both", "Concat", {{"dim", int64_t{2}}}, {x, context});
    x = net.add("tanh", "Tanh", {}, {net.linear("combine", x, hidden)});
    return net.graph({net.linear("fc", x, target_vocabulary)});
  }

  void sample(Rng& rng, std::span<float> x, std::span<float> y) const override {
    auto most = static_cast<uint32_t>(std::min(source_vocabulary, target_vocabulary)) - 1;
    auto source = static_cast<size_t>(source_steps), target = static_cast<size_t>(target_steps);
    for (size_t t = 0; t < source; ++t) x[t] = static_cast<float>(1 + rng.below(most));
    x[source] = 0;
    for (size_t t = 0; t < target; ++t) {
      y[t] = t < source ? x[source - 1 - t] : 0.f;
      if (t + 1 < target) x[source + t + 1] = y[t];
    }
  }

 private:
  Maps embedded(NetBuilder& net, const std::string& name, const Maps& row, int64_t start,
                int64_t length, int64_t ids) const {
    Maps part = net.add(name, "Narrow", {{"start", start}, {"length", length}}, {row});
    return net.add(name + "_embedding", "Embedding",
                   {{"num_embeddings", ids}, {"embedding_dim", embedding}}, {part});
  }
};
FIRESTEEL_MODEL(Seq2Seq);

}  // namespace
}  // namespace firesteel
