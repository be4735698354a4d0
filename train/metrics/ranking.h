// SPDX-License-Identifier: Apache-2.0
// Metrics of rows that hold the scores of one item that is wanted and of others that are not.
#pragma once

#include "train/metric.h"

namespace firesteel {

class RankingMetric : public Metric {
 public:
  int64_t k = 10;

  void check(const Shape& output, const Labels& labels) const override {
    int64_t given = numel(labels.row_shape);
    require(given == 1 || given == numel(output), kind(),
            ": labels must be the wanted item's number, or 1 for it and 0 for the others of the "
            "output ",
            output, ", got shape ", labels.row_shape);
  }

  void measure(const Shape& shape, const float* output, const Labels& labels,
               std::span<double> sums) const override {
    int64_t items = numel(shape) / shape[0];
    for (int64_t r = 0; r < shape[0]; ++r) {
      const float* x = output + r * items;
      int64_t wanted = item_of(labels, r, items), rank = 0;
      // What scores the same is before it, lest a model that scores all alike is a good one.
      for (int64_t i = 0; i < items; ++i) rank += x[i] >= x[wanted];
      if (rank <= k) sums[0] += gain(rank);
      sums[1] += 1;
    }
  }

 protected:
  // Of a wanted item at this place, counted from 1.
  virtual double gain(int64_t rank) const = 0;

 private:
  int64_t item_of(const Labels& labels, int64_t row, int64_t items) const {
    if (numel(labels.row_shape) == 1) return labels.class_id(row, items);
    int64_t item = -1, count = 0;
    for (int64_t i = 0; i < items; ++i) {
      if (labels.number(row * items + i) <= 0) continue;
      item = i;
      ++count;
    }
    require(count == 1, kind(), ": labels must have one wanted item per row, got ", count);
    return item;
  }
};
inline constexpr auto kTopItems =
    attr("k", &RankingMetric::k, "how many highest scores count", positive);

}  // namespace firesteel
