// SPDX-License-Identifier: Apache-2.0
// HitRatio: share of rows whose wanted item is among the k highest scores.
#include "train/metrics/ranking.h"

namespace firesteel {

struct HitRatio final : DescribedBy<HitRatio, RankingMetric> {
  static constexpr auto schema() {
    return Schema{"HitRatio", "metric",
                  "A row has the scores of a wanted item and of others; labels are the item's "
                  "number, or 1 for it and 0 elsewhere: how often it is among the highest.",
                  kTopItems};
  }
  std::string key() const override { return cat("hit_ratio", k); }

 protected:
  double gain(int64_t) const override { return 1; }
};
FIRESTEEL_REGISTER(Metric, HitRatio);

}  // namespace firesteel
