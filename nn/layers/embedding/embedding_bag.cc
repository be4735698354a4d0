// SPDX-License-Identifier: Apache-2.0
// EmbeddingBag: y = sum over i of w[i] e[i], the rows of the table that ids x[i] name; divided by
// the sum of w (mode mean) or the root of the sum of w^2 (sqrtn).
#include "nn/layers/embedding/table.h"

namespace firesteel {

namespace rules {
struct BagMode {
  static std::string text() { return "must be sum, mean or sqrtn"; }
  bool operator()(const std::string& mode) const {
    return mode == "sum" || mode == "mean" || mode == "sqrtn";
  }
};
}  // namespace rules

struct EmbeddingBag final : TableLayerOf<EmbeddingBag> {
  std::string mode = "sum";

  static constexpr auto schema() {
    return Schema{
        "EmbeddingBag",
        "embedding",
        "Replaces a row of ids by the sum of their learned rows of numbers. A second input "
        "gives each id a weight. An id of -1 is padding.",
        kNumEmbeddings,
        kEmbeddingDim,
        attr("mode", &EmbeddingBag::mode,
             "sum; mean: divided by the sum of the weights; sqrtn: by the root of the sum of "
             "their squares",
             rules::BagMode{}),
        kMaxNorm,
        kTableInit};
  }
  static Sample sample() {
    return {.attrs = {{"num_embeddings", int64_t{7}},
                      {"embedding_dim", int64_t{3}},
                      {"mode", std::string("sqrtn")},
                      {"max_norm", 1.5}},
            .in = {{4, 5}, {4, 5}},
            .ids_below = 7,
            .ids_inputs = {0},
            .least = 0.1};
  }

  int most_inputs() const override { return 2; }
  Shapes infer(const Shapes& in) const override {
    require(in[0].size() == 2, "input must be rows of ids, got ", without_batch(in[0]));
    require(in.size() < 2 || in[1] == in[0], "inputs must have a weight for each id, got ",
            without_batch(in[0]), " ids and ", without_batch(in.back()), " weights");
    return {{in[0][0], embedding_dim}};
  }
  void prepare(Prepare& p) const override {
    for (size_t i = 0; i < p.inputs(); ++i) p.backward_reads_input(i);
    if (p.inputs() > 1 && mode != "sum") p.backward_reads_output();
  }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      for (int64_t n = 0; n < r.rows(); ++n) {
        T* y = static_cast<T*>(r.y()) + n * embedding_dim;
        std::fill_n(y, embedding_dim, T(0));
        each_id<T>(r, n, [&](int64_t, int64_t id, T weight) {
          const T* from = row<T>(r, id);
          T factor = weight * scale_of(from).factor;
          for (int64_t j = 0; j < embedding_dim; ++j) y[j] += factor * from[j];
        });
        if (mode == "sum") continue;
        T share = share_of<T>(r, n);
        for (int64_t j = 0; j < embedding_dim; ++j) y[j] *= share;
      }
    });
  }

  void backward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      zero_gradients<T>(r);
      bool weighted = r.inputs() > 1 && r.dx(1);
      if (weighted) std::fill_n(static_cast<T*>(r.dx(1)), numel(r.in(1)), T(0));
      for (int64_t n = 0; n < r.rows(); ++n) {
        const T* dy = static_cast<const T*>(r.dy()) + n * embedding_dim;
        T share = share_of<T>(r, n), along = 0;
        if (weighted && mode != "sum") {
          along = dot(dy, static_cast<const T*>(r.y()) + n * embedding_dim, embedding_dim);
        }
        each_id<T>(r, n, [&](int64_t i, int64_t id, T weight) {
          const T* from = row<T>(r, id);
          add_gradient(from, weight * share, dy, gradient<T>(r, id));
          if (!weighted) return;
          // The divisor depends on the weights too.
          T own = scale_of(from).factor * dot(dy, from, embedding_dim);
          T rest = mode == "mean" ? along : along * weight * share;
          static_cast<T*>(r.dx(1))[i] = (own - rest) * share;
        });
      }
    });
  }

 private:
  // body(index of the number, its id, its weight) for every id of a row but the padding.
  template <class T, class Body>
  void each_id(const Run& r, int64_t n, const Body& body) const {
    auto* ids = static_cast<const T*>(r.x());
    auto* weights = r.inputs() > 1 ? static_cast<const T*>(r.x(1)) : nullptr;
    int64_t count = r.in()[1];
    for (int64_t i = n * count; i < (n + 1) * count; ++i) {
      int64_t id = id_of(ids[i], kPaddingId, num_embeddings, kind());
      if (id != kPaddingId) body(i, id, weights ? weights[i] : T(1));
    }
  }
  // What the sum is multiplied by; 0 for a row without ids.
  template <class T>
  T share_of(const Run& r, int64_t n) const {
    if (mode == "sum") return 1;
    T sum = 0;
    each_id<T>(r, n, [&](int64_t, int64_t, T weight) {
      sum += mode == "mean" ? weight : weight * weight;
    });
    return sum == 0 ? T(0) : 1 / (mode == "mean" ? sum : std::sqrt(sum));
  }
};
FIRESTEEL_LAYER(EmbeddingBag);

}  // namespace firesteel
