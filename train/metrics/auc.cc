// SPDX-License-Identifier: Apache-2.0
// AUC: the area below the curve of found positives over found negatives: how often a positive has a
// higher score than a negative, ties counting half.
#include "train/metrics/bins.h"

namespace firesteel {

struct AUC final : DescribedBy<AUC, BinnedMetric> {
  static constexpr auto schema() {
    return Schema{"AUC",
                  "metric",
                  "Area under the ROC curve of outputs against labels 0 and 1: how often a 1 has a "
                  "higher score than a 0. Measured in evaluations.",
                  kBins,
                  kFromLogits,
                  kNumLabels};
  }
  std::string key() const override { return "auc"; }

 protected:
  double area(std::span<const double> counts, double negatives, double positives) const override {
    double higher = positives, pairs = 0;
    for (size_t b = 0; b < counts.size(); b += 2) {
      higher -= counts[b + 1];
      pairs += counts[b] * (higher + counts[b + 1] / 2);
    }
    return pairs / (negatives * positives);
  }
};
FIRESTEEL_REGISTER(Metric, AUC);

}  // namespace firesteel
