// SPDX-License-Identifier: Apache-2.0
// widedeep: a linear model of hashed pairs of categories beside a deep one of dense numbers and
// embedded categories. Cheng et al., "Wide & deep learning for recommender systems", 2016.
#include "nn/models/blocks.h"

namespace firesteel {
namespace {

// Made-up rows are positive where the first category is even, which both parts can learn.
struct WideDeep final : ModelOf<WideDeep> {
  int64_t dense = 30, crosses = 8, cross_ids = 10000, embedding = 16, classes = 2;
  Dims category_ids = {1000, 1000, 1000, 1000}, hidden = {100, 75, 50, 25};

  static constexpr auto schema() {
    return Schema{"widedeep",
                  "recommendation",
                  "Wide and deep net. A row has its dense numbers, crosses and categories.",
                  attr("dense", &WideDeep::dense, "dense numbers of a row", positive),
                  attr("crosses", &WideDeep::crosses, "hashed pairs of categories", positive),
                  attr("cross_ids", &WideDeep::cross_ids, "ids that they are hashed to", positive),
                  attr("category_ids", &WideDeep::category_ids, "ids of each category", positive),
                  attr("embedding", &WideDeep::embedding, "numbers of an embedding", positive),
                  attr("hidden", &WideDeep::hidden, "units of the deep part's layers", positive),
                  attr("classes", &WideDeep::classes, "classes of the result", positive)};
  }

  Graph graph() const override {
    NetBuilder net;
    auto categories = static_cast<int64_t>(category_ids.size());
    Maps row = net.input({dense + crosses + categories});
    Maps wide = part(net, "crosses", row, dense, crosses);
    wide = table(net, "wide", "EmbeddingBag", wide, cross_ids, classes);

    std::vector<Maps> features = {part(net, "dense", row, 0, dense)};
    for (int64_t i = 0; i < categories; ++i) {
      std::string name = cat("category", i + 1);
      Maps x = part(net, name, row, dense + crosses + i, 1);
      x = table(net, name + "_embedding", "Embedding", x, category_ids[static_cast<size_t>(i)],
                embedding);
      features.push_back(net.add(name + "_flatten", "Flatten", {}, {x}));
    }
    Maps deep = net.concat("concat", features);
    for (int64_t number = 1; int64_t units : hidden) {
      deep = net.relu(cat("relu", number), net.linear(cat("fc", number), deep, units));
      ++number;
    }
    deep = net.linear("deep", deep, classes);
    return net.graph({net.add("add", "Add", {}, {wide, deep})});
  }

  void sample(Rng& rng, std::span<float> x, std::span<float> y) const override {
    size_t at = 0;
    auto id = [&](int64_t below) {
      return static_cast<float>(rng.below(static_cast<uint32_t>(below)));
    };
    while (at < static_cast<size_t>(dense)) x[at++] = rng.normal();
    for (int64_t i = 0; i < crosses; ++i) x[at++] = id(cross_ids);
    size_t first = at;
    for (int64_t below : category_ids) x[at++] = id(below);
    y[0] = static_cast<float>(static_cast<int64_t>(x[first]) % classes);
  }

 private:
  static Maps part(NetBuilder& net, const std::string& name, const Maps& row, int64_t start,
                   int64_t length) {
    return net.add(name, "Narrow", {{"start", start}, {"length", length}}, {row});
  }
  static Maps table(NetBuilder& net, const std::string& name, const std::string& kind,
                    const Maps& ids, int64_t rows, int64_t width) {
    return net.add(name, kind, {{"num_embeddings", rows}, {"embedding_dim", width}}, {ids});
  }
};
FIRESTEEL_MODEL(WideDeep);

}  // namespace
}  // namespace firesteel
