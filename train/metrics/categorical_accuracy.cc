// SPDX-License-Identifier: Apache-2.0
// CategoricalAccuracy: share of the vectors whose largest number is where that of the labels is.
#include <algorithm>

#include "nn/losses/reduction.h"
#include "train/metric.h"

namespace firesteel {

struct CategoricalAccuracy final : MetricOf<CategoricalAccuracy> {
  static constexpr auto schema() {
    return Schema{"CategoricalAccuracy", "metric",
                  "Accuracy where labels are 1 for the true class and 0 elsewhere, along the last "
                  "extent."};
  }
  std::string key() const override { return "categorical_accuracy"; }

  void check(const Shape& output, const Labels& labels) const override {
    require(!output.empty(), "CategoricalAccuracy: the model's output must have classes");
    require_as_many(kind(), output, labels);
  }

  void measure(const Shape& shape, const float* output, const Labels& labels,
               std::span<double> sums) const override {
    int64_t classes = shape.back();
    for (int64_t at = 0; at < numel(shape); at += classes) {
      const float* x = output + at;
      int64_t truth = 0;
      for (int64_t c = 1; c < classes; ++c) {
        if (labels.number(at + c) > labels.number(at + truth)) truth = c;
      }
      sums[0] += std::max_element(x, x + classes) - x == truth;
      sums[1] += 1;
    }
  }
};
FIRESTEEL_REGISTER(Metric, CategoricalAccuracy);

}  // namespace firesteel
