// SPDX-License-Identifier: Apache-2.0
// EmbeddingBag: y = sum over i of the row of the table that id x[i] names.
#include "nn/layers/embedding/table.h"

namespace firesteel {

struct EmbeddingBag final : TableLayerOf<EmbeddingBag> {
  static constexpr auto schema() {
    return Schema{"EmbeddingBag", "embedding",
                  "Replaces a row of ids by the sum of their learned rows of numbers.",
                  kNumEmbeddings, kEmbeddingDim};
  }

  Shapes infer(const Shapes& in) const override {
    require(in[0].size() == 2, "input must be rows of ids, got ", without_batch(in[0]));
    return {{in[0][0], embedding_dim}};
  }
  void prepare(Prepare& p) const override { p.backward_reads_input(); }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      auto* y = static_cast<T*>(r.y());
      int64_t ids = r.in()[1];
      std::fill_n(y, numel(r.out()), T(0));
      each_id(r, static_cast<const T*>(r.param(0)), [&](int64_t i, const T* row) {
        T* sum = y + i / ids * embedding_dim;
        for (int64_t j = 0; j < embedding_dim; ++j) sum[j] += row[j];
      });
    });
  }

  void backward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      auto* dy = static_cast<const T*>(r.dy());
      int64_t ids = r.in()[1];
      each_id(r, zero_gradients<T>(r), [&](int64_t i, T* row) {
        const T* from = dy + i / ids * embedding_dim;
        for (int64_t j = 0; j < embedding_dim; ++j) row[j] += from[j];
      });
    });
  }
};
FIRESTEEL_LAYER(EmbeddingBag);

}  // namespace firesteel
