// SPDX-License-Identifier: Apache-2.0
// PrecisionRecallAUC: the area below the curve of precision over recall, by trapezoids from recall 0 and
// precision 1 on.
#include "train/metrics/bins.h"

namespace firesteel {

struct PrecisionRecallAUC final : DescribedBy<PrecisionRecallAUC, BinnedMetric> {
  static constexpr auto schema() {
    return Schema{"PrecisionRecallAUC",
                  "metric",
                  "Area under the curve of precision over recall, of outputs against labels 0 and "
                  "1. Measured in evaluations.",
                  kBins,
                  kFromLogits,
                  kNumLabels};
  }
  std::string key() const override { return "pr_auc"; }

 protected:
  double area(std::span<const double> counts, double, double positives) const override {
    double found = 0, taken = 0, recall = 0, precision = 1, total = 0;
    for (size_t b = counts.size(); b > 0; b -= 2) {
      if (counts[b - 2] + counts[b - 1] == 0) continue;
      found += counts[b - 1];
      taken += counts[b - 2] + counts[b - 1];
      double next_recall = found / positives, next_precision = found / taken;
      total += (next_recall - recall) * (precision + next_precision) / 2;
      recall = next_recall, precision = next_precision;
    }
    return total;
  }
};
FIRESTEEL_REGISTER(Metric, PrecisionRecallAUC);

}  // namespace firesteel
