// SPDX-License-Identifier: Apache-2.0
// ncf: neural collaborative filtering: products of embeddings beside a net of others. He et al., 2017.
#include "nn/models/blocks.h"

namespace firesteel {
namespace {

struct Ncf final : ModelOf<Ncf> {
  int64_t users = 1000, items = 2000, factors = 8, embedding = 32;
  Dims hidden = {64, 32, 16};

  static constexpr auto schema() {
    return Schema{
        "ncf",
        "recommendation",
        "Neural collaborative filtering. A row is a user and an item, both from 0; the score "
        "of their match results.",
        attr("users", &Ncf::users, "different ones", positive),
        attr("items", &Ncf::items, "different ones", positive),
        attr("factors", &Ncf::factors, "numbers of the embeddings that are multiplied", positive),
        attr("embedding", &Ncf::embedding, "numbers of the net's embeddings", positive),
        attr("hidden", &Ncf::hidden, "units of the net's layers", positive)};
  }
  DType label_dtype() const override { return DType::f32; }
  Json loss() const override { return {{"kind", "BCEWithLogits"}}; }
  Json metrics() const override {
    return Json::array({{{"kind", "BinaryAccuracy"}, {"threshold", 0}}});
  }
  Json optimizer() const override { return {{"kind", "Adam"}, {"lr", 0.01}}; }

  Graph graph() const override {
    NetBuilder net;
    Maps row = net.input({2});
    Maps user = net.add("user", "Select", {{"dim", int64_t{1}}, {"index", int64_t{0}}}, {row});
    Maps item = net.add("item", "Select", {{"dim", int64_t{1}}, {"index", int64_t{1}}}, {row});
    Maps product = net.add("product", "Mul", {},
                           {table(net, "user_factors", user, users, factors),
                            table(net, "item_factors", item, items, factors)});
    Maps x = net.concat("pair", {table(net, "user_embedding", user, users, embedding),
                                 table(net, "item_embedding", item, items, embedding)});
    for (int64_t number = 1; int64_t units : hidden) {
      x = net.relu(cat("relu", number), net.linear(cat("fc", number), x, units));
      ++number;
    }
    return net.graph({net.linear("score", net.concat("both", {product, x}), 1)});
  }

  // Users and items of one kind belong together.
  void sample(Rng& rng, std::span<float> x, std::span<float> y) const override {
    auto user = rng.below(static_cast<uint32_t>(users));
    auto item = rng.below(static_cast<uint32_t>(items));
    x[0] = static_cast<float>(user);
    x[1] = static_cast<float>(item);
    y[0] = user % 4 == item % 4 ? 1.f : 0.f;
  }

 private:
  static Maps table(NetBuilder& net, const std::string& name, const Maps& ids, int64_t rows,
                    int64_t width) {
    return net.add(name, "Embedding", {{"num_embeddings", rows}, {"embedding_dim", width}}, {ids});
  }
};
FIRESTEEL_MODEL(Ncf);

}  // namespace
}  // namespace firesteel
