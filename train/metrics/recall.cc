// SPDX-License-Identifier: Apache-2.0
// Recall: found / (found + missed).
#include "train/metrics/confusion.h"

namespace firesteel {

struct Recall final : DescribedBy<Recall, ConfusionMetric> {
  static constexpr auto schema() {
    return Schema{"Recall", "metric", "Share of what is of a class that is taken for it.",
                  kNumClasses, kThreshold};
  }
  std::string key() const override { return "recall"; }

 protected:
  double of_class(double found, double, double missed) const override {
    return ratio(found, found + missed);
  }
};
FIRESTEEL_REGISTER(Metric, Recall);

}  // namespace firesteel
