// SPDX-License-Identifier: Apache-2.0
// What models of texts share: rows of ids, and made-up ones that can be learned.
#pragma once

#include "nn/models/blocks.h"

namespace firesteel {

// A model of the next id at each step.
class LanguageModel : public NamedModel {
 public:
  int64_t vocabulary = 10000, steps = 20, hidden = 200;

  Shape label_shape() const override { return {steps}; }
  Json metrics() const override { return Json::array(); }
  Json optimizer() const override { return {{"kind", "Adam"}, {"lr", 0.003}}; }
  // An id follows from the one before it, most of the time.
  void sample(Rng& rng, std::span<float> x, std::span<float> y) const override {
    auto most = static_cast<uint32_t>(std::min<int64_t>(vocabulary, 50));
    uint32_t id = rng.below(most);
    for (size_t t = 0; t < x.size(); ++t) {
      x[t] = static_cast<float>(id);
      id = rng.below(10) == 0 ? rng.below(most) : (id * 7 + 3) % most;
      y[t] = static_cast<float>(id);
    }
  }

 protected:
  Maps embedded(NetBuilder& net, int64_t width) const {
    return net.add("embedding", "Embedding",
                   {{"num_embeddings", vocabulary}, {"embedding_dim", width}},
                   {net.input({steps})});
  }
};
inline constexpr auto kVocabulary =
    attr("vocabulary", &LanguageModel::vocabulary, "different ids", positive);
inline constexpr auto kTextSteps = attr("steps", &LanguageModel::steps, "ids of a row", positive);

// A recurrent layer by its kind.
inline Maps recurrent(NetBuilder& net, const std::string& name, const std::string& kind,
                      const Maps& x, int64_t hidden, bool sequences = true) {
  return net.add(
      name, kind,
      {{"input_size", x.shape.back()}, {"hidden_size", hidden}, {"return_sequences", sequences}},
      {x});
}

}  // namespace firesteel
