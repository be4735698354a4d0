// SPDX-License-Identifier: Apache-2.0
// Accuracy: share of labels whose class is among the top_k highest scores.
#include "train/metric.h"

namespace firesteel {

struct Accuracy final : MetricOf<Accuracy> {
  int64_t top_k = 1, ignore_index = -100;

  static constexpr auto schema() {
    return Schema{"Accuracy", "metric",
                  "Share of class ids whose class has one of the highest scores. A row has one "
                  "label, or one for each step, whose scores are then the last extent.",
                  attr("top_k", &Accuracy::top_k, "how many highest scores count", positive),
                  attr("ignore_index", &Accuracy::ignore_index, "a label that does not count")};
  }
  std::string key() const override { return top_k == 1 ? "accuracy" : cat("top", top_k); }

  void check(const Shape& output, const Labels& labels) const override {
    require(numel(output) % numel(labels.row_shape) == 0,
            "Accuracy: labels must be class ids, each of as many scores, of the output ", output,
            ", got shape ", labels.row_shape);
  }

  void measure(const Shape& shape, const float* output, const Labels& labels,
               std::span<double> sums) const override {
    int64_t ids = shape[0] * numel(labels.row_shape), classes = numel(shape) / ids;
    for (int64_t i = 0; i < ids; ++i) {
      if (labels.number(i) == static_cast<double>(ignore_index)) continue;
      const float* x = output + i * classes;
      int64_t label = labels.class_id(i, classes), above = 0;
      for (int64_t c = 0; c < classes; ++c) {
        above += x[c] > x[label] || (x[c] == x[label] && c < label);
      }
      sums[0] += above < top_k;
      sums[1] += 1;
    }
  }
};
FIRESTEEL_REGISTER(Metric, Accuracy);

}  // namespace firesteel
