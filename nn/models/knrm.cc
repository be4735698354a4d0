// SPDX-License-Identifier: Apache-2.0
// knrm: ranks a text for a query by how many of their words are how alike. Xiong et al., "End-to-end neural
// ad-hoc ranking with kernel pooling", 2017.
#include "nn/models/blocks.h"

namespace firesteel {
namespace {

// A row has the query's ids and the text's. To learn ranking, a row has those of a query and of two texts, the
// better one first, and two scores result.
struct Knrm final : ModelOf<Knrm> {
  int64_t query_steps = 10, text_steps = 40, vocabulary = 5000, embedding = 50, kernels = 21,
          texts = 2;
  float sigma = 0.1f, exact_sigma = 0.001f;

  static constexpr auto schema() {
    using Self = Knrm;
    return Schema{
        "knrm",
        "ranking",
        "Kernel-pooling ranker. A row has the ids of a query, then those of each text; a score "
        "of each text results.",
        attr("query_steps", &Self::query_steps, "ids of a query", positive),
        attr("text_steps", &Self::text_steps, "ids of a text", positive),
        attr("texts", &Self::texts, "of a row: 2 to learn which is better", positive),
        attr("vocabulary", &Self::vocabulary, "different ids", positive),
        attr("embedding", &Self::embedding, "numbers of an id", positive),
        attr("kernels", &Self::kernels, "levels of likeness, at least 2", positive),
        attr("sigma", &Self::sigma, "width of a level", positive),
        attr("exact_sigma", &Self::exact_sigma, "width of the level of sameness", positive)};
  }
  Json loss() const override { return {{"kind", "RankHinge"}}; }
  Json metrics() const override { return Json::array(); }
  Json optimizer() const override { return {{"kind", "Adam"}, {"lr", 0.003}}; }

  Graph graph() const override {
    NetBuilder net;
    int64_t length = query_steps + texts * text_steps;
    Maps x = net.add("embedding", "Embedding",
                     {{"num_embeddings", vocabulary}, {"embedding_dim", embedding}},
                     {net.input({length})});
    Maps query = part(net, "query", x, 0, query_steps);
    std::vector<Maps> pooled;
    for (int64_t i = 0; i < texts; ++i) {
      std::string name = cat("text", i + 1);
      Maps text = part(net, name, x, query_steps + i * text_steps, text_steps);
      Maps alike = net.add(name + "_cosines", "CosineMatrix", {}, {query, text});
      pooled.push_back(net.add(
          name + "_kernels", "KernelPooling",
          {{"kernel_num", kernels}, {"sigma", double{sigma}}, {"exact_sigma", double{exact_sigma}}},
          {alike}));
    }
    // One layer scores all texts.
    Maps all = net.add("kernels", "Stack", {{"dim", int64_t{1}}}, pooled);
    return net.graph(
        {net.add("scores", "Squeeze", {{"dim", Dims{2}}}, {net.linear("fc", all, 1)})});
  }

  // The better text has the query's ids in it.
  void sample(Rng& rng, std::span<float> x, std::span<float> y) const override {
    auto ids = static_cast<uint32_t>(vocabulary);
    for (float& id : x) id = static_cast<float>(rng.below(ids));
    auto query = static_cast<size_t>(query_steps), text = static_cast<size_t>(text_steps);
    for (size_t i = 0; i < std::min(query, text); ++i) {
      if (rng.below(2)) x[query + i] = x[i];
    }
    y[0] = 0;
  }

 private:
  static Maps part(NetBuilder& net, const std::string& name, const Maps& x, int64_t start,
                   int64_t length) {
    return net.add(name, "Narrow", {{"dim", int64_t{1}}, {"start", start}, {"length", length}},
                   {x});
  }
};
FIRESTEEL_MODEL(Knrm);

}  // namespace
}  // namespace firesteel
