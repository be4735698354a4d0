// SPDX-License-Identifier: Apache-2.0
// Precision: found / (found + found wrongly).
#include "train/metrics/confusion.h"

namespace firesteel {

struct Precision final : DescribedBy<Precision, ConfusionMetric> {
  static constexpr auto schema() {
    return Schema{"Precision", "metric",
                  "Share of what is taken for a class that is of that class.", kNumClasses,
                  kThreshold};
  }
  std::string key() const override { return "precision"; }

 protected:
  double of_class(double found, double wrong, double) const override {
    return ratio(found, found + wrong);
  }
};
FIRESTEEL_REGISTER(Metric, Precision);

}  // namespace firesteel
