// SPDX-License-Identifier: Apache-2.0
// F1: 2 found / (2 found + found wrongly + missed).
#include "train/metrics/confusion.h"

namespace firesteel {

struct F1 final : DescribedBy<F1, ConfusionMetric> {
  static constexpr auto schema() {
    return Schema{"F1", "metric", "Harmonic mean of Precision and Recall.", kNumClasses,
                  kThreshold};
  }
  std::string key() const override { return "f1"; }

 protected:
  double of_class(double found, double wrong, double missed) const override {
    return ratio(2 * found, 2 * found + wrong + missed);
  }
};
FIRESTEEL_REGISTER(Metric, F1);

}  // namespace firesteel
