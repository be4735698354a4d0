// SPDX-License-Identifier: Apache-2.0
// Embedding: y[i] = the row of the table that id x[i] names.
#include "nn/layers/embedding/table.h"

namespace firesteel {

struct Embedding final : TableLayerOf<Embedding> {
  static constexpr auto schema() {
    return Schema{"Embedding", "embedding", "Replaces each id by a learned row of numbers.",
                  kNumEmbeddings, kEmbeddingDim};
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
      each_id(r, static_cast<const T*>(r.param(0)), [&](int64_t i, const T* row) {
        std::copy_n(row, embedding_dim, y + i * embedding_dim);
      });
    });
  }

  void backward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      auto* dy = static_cast<const T*>(r.dy());
      each_id(r, zero_gradients<T>(r), [&](int64_t i, T* row) {
        for (int64_t j = 0; j < embedding_dim; ++j) row[j] += dy[i * embedding_dim + j];
      });
    });
  }
};
FIRESTEEL_LAYER(Embedding);

}  // namespace firesteel
