// SPDX-License-Identifier: Apache-2.0
// Accuracy: share of rows whose true class is among the top_k highest scores.
#include "train/metric.h"

namespace firesteel {

struct Accuracy final : MetricOf<Accuracy> {
  int64_t top_k = 1;

  static constexpr auto schema() {
    return Schema{"Accuracy", "metric",
                  "Share of rows whose true class has one of the highest "
                  "scores.",
                  attr("top_k", &Accuracy::top_k, "how many highest scores count", positive)};
  }
  std::string key() const override { return top_k == 1 ? "accuracy" : cat("top", top_k); }

  MetricSum measure(const Shape& shape, const float* output, const Labels& labels) const override {
    int64_t rows = shape[0], classes = numel(shape) / rows;
    MetricSum total{0, static_cast<double>(rows)};
    for (int64_t r = 0; r < rows; ++r) {
      const float* x = output + r * classes;
      int64_t label = labels.class_id(r, classes), above = 0;
      for (int64_t c = 0; c < classes; ++c) {
        above += x[c] > x[label] || (x[c] == x[label] && c < label);
      }
      total.sum += above < top_k;
    }
    return total;
  }
};
FIRESTEEL_REGISTER(Metric, Accuracy);

}  // namespace firesteel
