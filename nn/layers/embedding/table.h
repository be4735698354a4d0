// SPDX-License-Identifier: Apache-2.0
// What embedding layers share: a table of rows that ids select. Ids come as numbers in the input's
// type, for rows hold numbers; nobody asks for their gradient, which is zero.
#pragma once

#include <algorithm>
#include <cstring>

#include "nn/layer.h"

namespace firesteel {

struct TableLayer : Layer {
  int64_t num_embeddings = 0, embedding_dim = 0;

  static Sample sample() {
    return {.attrs = {{"num_embeddings", int64_t{7}}, {"embedding_dim", int64_t{3}}},
            .in = {{4, 5}},
            .ids_below = 7};
  }

  std::vector<ParamSpec> params() const override {
    return {{.name = "weight",
             .shape = {num_embeddings, embedding_dim},
             .init = Init::normal(1),
             .row_sparse = true}};
  }

 protected:
  // Calls body(index of the number, its row of `table`) for every number of the input.
  template <class T, class Body>
  void each_id(const Run& r, T* table, const Body& body) const {
    auto* ids = static_cast<const T*>(r.x());
    auto least = T(-0.5), most = static_cast<T>(num_embeddings) - T(0.5);
    for (int64_t i = 0; i < numel(r.in()); ++i) {
      require(ids[i] >= least && ids[i] < most, kind(), ": ids must be from 0 to ",
              num_embeddings - 1, ", got ", ids[i]);
      body(i, table + static_cast<int64_t>(ids[i] + T(0.5)) * embedding_dim);
    }
  }
  // The gradient of the table before anything is added to it, and that of the ids.
  template <class T>
  T* zero_gradients(const Run& r) const {
    auto* table = static_cast<T*>(r.dparam(0));
    std::fill_n(table, num_embeddings * embedding_dim, T(0));
    if (r.dx()) std::fill_n(static_cast<T*>(r.dx()), numel(r.in()), T(0));
    return table;
  }
};

inline constexpr auto kNumEmbeddings =
    required("num_embeddings", &TableLayer::num_embeddings, "rows of the table", positive);
inline constexpr auto kEmbeddingDim =
    required("embedding_dim", &TableLayer::embedding_dim, "numbers in a row", positive);

template <class Derived>
using TableLayerOf = DescribedBy<Derived, TableLayer>;

}  // namespace firesteel
