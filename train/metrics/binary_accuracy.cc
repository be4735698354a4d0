// SPDX-License-Identifier: Apache-2.0
// BinaryAccuracy: share of the numbers that are on the same side of a threshold as their labels, 0 or 1.
#include "nn/losses/reduction.h"
#include "train/metric.h"

namespace firesteel {

struct BinaryAccuracy final : MetricOf<BinaryAccuracy> {
  float threshold = 0.5f;

  static constexpr auto schema() {
    return Schema{"BinaryAccuracy", "metric",
                  "Share of the outputs that are above a threshold where the label is 1, and not "
                  "where it is 0.",
                  attr("threshold", &BinaryAccuracy::threshold,
                       "outputs above it stand for 1; 0 for scores before a Sigmoid")};
  }
  std::string key() const override { return "binary_accuracy"; }

  void check(const Shape& output, const Labels& labels) const override {
    require_as_many(kind(), output, labels);
  }

  void measure(const Shape& shape, const float* output, const Labels& labels,
               std::span<double> sums) const override {
    for (int64_t i = 0; i < numel(shape); ++i) {
      sums[0] += (output[i] > threshold) == (labels.number(i) > 0.5);
    }
    sums[1] += static_cast<double>(numel(shape));
  }
};
FIRESTEEL_REGISTER(Metric, BinaryAccuracy);

}  // namespace firesteel
