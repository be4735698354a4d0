// SPDX-License-Identifier: Apache-2.0
// Losses of two outputs of one shape, row by row, with one label for each row: 1 where both are alike.
#pragma once

#include "nn/losses/reduction.h"
#include "nn/run.h"

namespace firesteel {

// Derived::row(a, b, n, alike, da, db) is the loss of two rows of n numbers, and writes its derivatives
// unless da is null.
template <class Derived>
struct RowPairsLossOf : OutputsLossOf<Derived> {
  size_t outputs() const override { return 2; }

  void check_outputs(std::span<const Shape> shapes, const Labels& labels) const override {
    require(numel(shapes[0]) == numel(shapes[1]), this->kind(),
            ": the model's outputs must have one shape, got ", shapes[0], " and ", shapes[1]);
    require(numel(labels.row_shape) == 1, this->kind(),
            ": labels must be one number per row, got shape ", labels.row_shape);
  }

  LossSum run_outputs(const LossInput& in) const override {
    const auto& self = static_cast<const Derived&>(*this);
    int64_t rows = in.shapes[0][0], width = numel(in.shapes[0]) / rows;
    double total = 0;
    by_dtype(in.dtype, [&]<class T>() {
      auto from = [&](size_t i, int64_t r) {
        return static_cast<const T*>(in.outputs[i]) + r * width;
      };
      auto to = [&](size_t i, int64_t r) {
        return in.gradients.empty() ? nullptr : static_cast<T*>(in.gradients[i]) + r * width;
      };
      for (int64_t r = 0; r < rows; ++r) {
        bool alike = in.labels.number(r) > 0;
        T value = self.row(from(0, r), from(1, r), width, alike, to(0, r), to(1, r));
        total += static_cast<double>(value);
      }
    });
    return {total, static_cast<double>(rows)};
  }

 private:
  friend Derived;
  RowPairsLossOf() = default;
};

}  // namespace firesteel
