// SPDX-License-Identifier: Apache-2.0
// What embedding layers share: a table of rows that ids select. Ids come as numbers in the input's
// type, for rows hold numbers; nobody asks for their gradient, which is zero.
#pragma once

#include <algorithm>
#include <cmath>

#include "nn/layers/arithmetic/rows.h"
#include "nn/weight_init.h"

namespace firesteel {

inline constexpr int64_t kPaddingId = -1;

// The id that a number is: from `least`, 0 or kPaddingId, to count - 1.
template <class T>
int64_t id_of(T number, int64_t least, int64_t count, const std::string& kind) {
  require(number >= static_cast<T>(least) - T(0.5) && number < static_cast<T>(count) - T(0.5), kind,
          ": ids must be from ", least, " to ", count - 1, ", got ", number);
  return number < T(-0.5) ? kPaddingId : static_cast<int64_t>(number + T(0.5));
}

struct TableLayer : Layer {
  int64_t num_embeddings = 0, embedding_dim = 0;
  float max_norm = 0;
  std::string init = "normal(0, 1)";

  static Sample sample() {
    return {
        .attrs = {{"num_embeddings", int64_t{7}}, {"embedding_dim", int64_t{3}}, {"max_norm", 1.5}},
        .in = {{4, 5}},
        .ids_below = 7};
  }

  std::vector<ParamSpec> params() const override {
    return {{.name = "weight",
             .shape = {num_embeddings, embedding_dim},
             .init = weight_init(init, num_embeddings, embedding_dim),
             .row_sparse = true}};
  }

 protected:
  // How a row is scaled where it is longer than max_norm; `slope` of that scale by the row is
  // slope x row.
  template <class T>
  struct Scale {
    T factor, slope;
  };
  template <class T>
  Scale<T> scale_of(const T* row) const {
    T most = static_cast<T>(max_norm);
    if (most == 0) return {1, 0};
    T norm = std::sqrt(dot(row, row, embedding_dim));
    if (norm <= most) return {1, 0};
    T least = norm + T(1e-7);  // as PyTorch divides
    return {most / least, -most / (least * least * norm)};
  }
  // to += g times the derivative of the scaled row.
  template <class T>
  void add_gradient(const T* row, T factor, const T* g, T* to) const {
    Scale<T> scale = scale_of(row);
    T along = scale.slope == 0 ? T(0) : factor * scale.slope * dot(row, g, embedding_dim);
    T straight = factor * scale.factor;
    for (int64_t j = 0; j < embedding_dim; ++j) to[j] += straight * g[j];
    if (along == 0) return;
    for (int64_t j = 0; j < embedding_dim; ++j) to[j] += along * row[j];
  }

  template <class T>
  const T* row(const Run& r, int64_t id) const {
    return static_cast<const T*>(r.param(0)) + id * embedding_dim;
  }
  template <class T>
  T* gradient(const Run& r, int64_t id) const {
    return static_cast<T*>(r.dparam(0)) + id * embedding_dim;
  }
  // The gradient of the table before anything is added to it, and that of the ids.
  template <class T>
  void zero_gradients(const Run& r) const {
    std::fill_n(gradient<T>(r, 0), num_embeddings * embedding_dim, T(0));
    if (r.dx()) std::fill_n(static_cast<T*>(r.dx()), numel(r.in()), T(0));
  }
};

inline constexpr auto kNumEmbeddings =
    required("num_embeddings", &TableLayer::num_embeddings, "rows of the table", positive);
inline constexpr auto kEmbeddingDim =
    required("embedding_dim", &TableLayer::embedding_dim, "numbers in a row", positive);
inline constexpr auto kMaxNorm =
    attr("max_norm", &TableLayer::max_norm,
         "longer rows are shortened to this norm where they are used; 0: none are", nonnegative);
inline constexpr auto kTableInit = attr("init", &TableLayer::init, kInitDoc, known_matrix_init);

template <class Derived>
using TableLayerOf = DescribedBy<Derived, TableLayer>;

}  // namespace firesteel
