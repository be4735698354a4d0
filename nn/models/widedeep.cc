// SPDX-License-Identifier: Apache-2.0
// widedeep: a linear model of hashed pairs of categories beside a deep one of dense numbers and
// embedded categories. Cheng et al., "Wide & deep learning for recommender systems", 2016.
#include "nn/models/blocks.h"

namespace firesteel {
namespace {

// What a row holds, in this order.
constexpr int64_t kDense = 30, kCrosses = 8, kCategories = 4;
constexpr int64_t kCrossIds = 10000, kCategoryIds = 1000, kEmbedding = 16, kClasses = 2;

Maps part(NetBuilder& net, const std::string& name, const Maps& row, int64_t start,
          int64_t length) {
  return net.add(name, "Narrow", {{"start", start}, {"length", length}}, {row});
}
Maps table(NetBuilder& net, const std::string& name, const std::string& kind, const Maps& ids,
           int64_t rows, int64_t width) {
  return net.add(name, kind, {{"num_embeddings", rows}, {"embedding_dim", width}}, {ids});
}

Graph widedeep() {
  NetBuilder net;
  Maps row = net.input({kDense + kCrosses + kCategories});
  Maps wide = part(net, "crosses", row, kDense, kCrosses);
  wide = table(net, "wide", "EmbeddingBag", wide, kCrossIds, kClasses);

  std::vector<Maps> features = {part(net, "dense", row, 0, kDense)};
  for (int64_t i = 0; i < kCategories; ++i) {
    std::string name = cat("category", i + 1);
    Maps x = part(net, name, row, kDense + kCrosses + i, 1);
    x = table(net, name + "_embedding", "Embedding", x, kCategoryIds, kEmbedding);
    features.push_back(net.add(name + "_flatten", "Flatten", {}, {x}));
  }
  Maps deep = net.concat("concat", features);
  for (int64_t units : {100, 75, 50, 25}) {
    deep = net.relu(cat("relu", units), net.linear(cat("fc", units), deep, units));
  }
  deep = net.linear("deep", deep, kClasses);
  return net.graph({net.add("add", "Add", {}, {wide, deep})});
}

void sample_row(Rng& rng, std::span<float> row) {
  sample_normal(rng, row.first(kDense));
  for (size_t i = kDense; i < row.size(); ++i) {
    row[i] = static_cast<float>(rng.below(i < kDense + kCrosses ? kCrossIds : kCategoryIds));
  }
}
FIRESTEEL_MODEL(widedeep, "wide and deep net for rows of 30 numbers, 8 crosses and 4 categories",
                widedeep, sample_row);

}  // namespace
}  // namespace firesteel
