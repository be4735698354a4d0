// SPDX-License-Identifier: Apache-2.0
// Embedding: y[i] = the row of the table that id x[i] names.
#include "nn/layers/embedding/table.h"

namespace firesteel {

struct Embedding final : TableLayerOf<Embedding> {
  int64_t padding_idx = -1;

  static constexpr auto schema() {
    return Schema{"Embedding",
                  "embedding",
                  "Replaces each id by a learned row of numbers.",
                  kNumEmbeddings,
                  kEmbeddingDim,
                  attr("padding_idx", &Embedding::padding_idx,
                       "id whose row is zeros and is not learned; -1: none"),
                  kMaxNorm,
                  kTableInit};
  }

  static Sample sample() {
    Sample sample = TableLayer::sample();
    sample.attrs.emplace_back("padding_idx", int64_t{2});
    return sample;
  }

  void check() const override {
    require<AttrError>(padding_idx >= -1 && padding_idx < num_embeddings,
                       "Embedding.padding_idx: must be an id below num_embeddings, or -1, got ",
                       padding_idx);
  }

  Shapes infer(const Shapes& in) const override {
    Shape out = in[0];
    out.push_back(embedding_dim);
    return {out};
  }
  Steps steps(const Shape&) const override { return Steps::each; }
  void prepare(Prepare& p) const override { p.backward_reads_input(); }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      auto* y = static_cast<T*>(r.y());
      each_id<T>(r, [&](int64_t i, int64_t id) {
        T* to = y + i * embedding_dim;
        if (id == padding_idx) {
          std::fill_n(to, embedding_dim, T(0));
          return;
        }
        const T* from = row<T>(r, id);
        T factor = scale_of(from).factor;
        for (int64_t j = 0; j < embedding_dim; ++j) to[j] = factor * from[j];
      });
    });
  }

  void backward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      auto* dy = static_cast<const T*>(r.dy());
      zero_gradients<T>(r);
      each_id<T>(r, [&](int64_t i, int64_t id) {
        if (id == padding_idx) return;
        add_gradient(row<T>(r, id), T(1), dy + i * embedding_dim, gradient<T>(r, id));
      });
    });
  }

 private:
  // body(index of the number, its id) for every number of the input.
  template <class T, class Body>
  void each_id(const Run& r, const Body& body) const {
    auto* ids = static_cast<const T*>(r.x());
    for (int64_t i = 0; i < numel(r.in()); ++i) body(i, id_of(ids[i], 0, num_embeddings, kind()));
  }
};
FIRESTEEL_LAYER(Embedding);

}  // namespace firesteel
