// SPDX-License-Identifier: Apache-2.0
// What layers share that make one number of each pair of rows, the last extents of two inputs.
#pragma once

#include "nn/layer.h"
#include "nn/layers/arithmetic/rows.h"

namespace firesteel {

struct RowPairs : Layer {
  bool keepdim = false;

  int least_inputs() const final { return 2; }
  Shapes infer(const Shapes& in) const final {
    require(in[0].size() >= 2 && in[0] == in[1], "inputs must be rows of one shape, got ",
            without_batch(in[0]), " and ", without_batch(in[1]));
    Shape out = in[0];
    out.pop_back();
    if (keepdim) out.push_back(1);
    return {out};
  }
  Steps steps(const Shape& in) const final { return in.size() > 2 ? Steps::each : Steps::mixed; }
  void prepare(Prepare& p) const override {
    p.backward_reads_input(0);
    p.backward_reads_input(1);
  }

 protected:
  // body(number of the pair, its rows, their width); several at once.
  template <class T, class Body>
  static void each_pair(const Run& r, const Body& body) {
    int64_t width = r.in().back();
    each_row(numel(r.in()) / width, width, [&](int64_t row) {
      auto* a = static_cast<const T*>(r.x(0)) + row * width;
      auto* b = static_cast<const T*>(r.x(1)) + row * width;
      body(row, a, b, width);
    });
  }
};

inline constexpr auto kKeepdim =
    attr("keepdim", &RowPairs::keepdim, "leave an extent of 1 where the rows were");

template <class Derived>
using RowPairsOf = DescribedBy<Derived, RowPairs>;

}  // namespace firesteel
