// SPDX-License-Identifier: Apache-2.0
// MeanAbsoluteError: |x - y|.
#include <cmath>

#include "nn/losses/reduction.h"
#include "train/metric.h"

namespace firesteel {

struct MeanAbsoluteErrorMetric final : MetricOf<MeanAbsoluteErrorMetric> {
  static constexpr auto schema() {
    return Schema{"MeanAbsoluteError", "metric",
                  "Mean of the absolute differences between outputs and labels."};
  }
  std::string key() const override { return "mean_absolute_error"; }

  void check(const Shape& output, const Labels& labels) const override {
    require_as_many(kind(), output, labels);
  }

  void measure(const Shape& shape, const float* output, const Labels& labels,
               std::span<double> sums) const override {
    for (int64_t i = 0; i < numel(shape); ++i) {
      double difference = static_cast<double>(output[i]) - labels.number(i);
      sums[0] += std::abs(difference);
    }
    sums[1] += static_cast<double>(numel(shape));
  }
};
FIRESTEEL_REGISTER(Metric, MeanAbsoluteErrorMetric);

}  // namespace firesteel
