// SPDX-License-Identifier: Apache-2.0
// PositionalEmbedding: y[t] = x[t] + the t-th row of a table.
#include <algorithm>

#include "nn/layer.h"

namespace firesteel {

struct PositionalEmbedding final : LayerOf<PositionalEmbedding> {
  int64_t num_positions = 0, embedding_dim = 0;

  static constexpr auto schema() {
    return Schema{"PositionalEmbedding", "embedding",
                  "Adds a learned row of numbers to each step, by its position.",
                  required("num_positions", &PositionalEmbedding::num_positions,
                           "steps of the longest row", positive),
                  required("embedding_dim", &PositionalEmbedding::embedding_dim,
                           "numbers of a step", positive)};
  }
  static Sample sample() {
    return {.attrs = {{"num_positions", int64_t{5}}, {"embedding_dim", int64_t{3}}},
            .in = {{2, 4, 3}}};
  }

  std::vector<ParamSpec> params() const override {
    // As large as what it is added to in BERT and its like.
    return {
        {.name = "weight", .shape = {num_positions, embedding_dim}, .init = Init::normal(0.02f)}};
  }

  Shapes infer(const Shapes& in) const override {
    require(in[0].size() == 3 && in[0][1] <= num_positions && in[0][2] == embedding_dim,
            "input must be at most ", num_positions, " steps of ", embedding_dim, " numbers, got ",
            without_batch(in[0]));
    return {in[0]};
  }
  Steps steps(const Shape&) const override { return Steps::each; }
  void prepare(Prepare& p) const override { p.in_place(); }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      auto* x = static_cast<const T*>(r.x());
      auto* y = static_cast<T*>(r.y());
      auto* table = static_cast<const T*>(r.param(0));
      int64_t row = numel(r.in()) / r.rows();
      for (int64_t n = 0; n < r.rows(); ++n, x += row, y += row) {
        for (int64_t i = 0; i < row; ++i) y[i] = x[i] + table[i];
      }
    });
  }

  void backward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      auto* dy = static_cast<const T*>(r.dy());
      auto* table = static_cast<T*>(r.dparam(0));
      int64_t row = numel(r.in()) / r.rows();
      std::fill_n(table, num_positions * embedding_dim, T(0));
      for (int64_t n = 0; n < r.rows(); ++n) {
        for (int64_t i = 0; i < row; ++i) table[i] += dy[n * row + i];
      }
      if (r.dx()) r.pass_on(dy, r.dx());
    });
  }
};
FIRESTEEL_LAYER(PositionalEmbedding);

}  // namespace firesteel
