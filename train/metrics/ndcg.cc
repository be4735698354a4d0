// SPDX-License-Identifier: Apache-2.0
// NDCG: log 2 / log(1 + place) of a wanted item among the k highest scores, 0 elsewhere: the normalized
// discounted cumulative gain of rows with one wanted item (Jarvelin, Kekalainen, 2002).
#include <cmath>

#include "train/metrics/ranking.h"

namespace firesteel {

struct NDCG final : DescribedBy<NDCG, RankingMetric> {
  static constexpr auto schema() {
    return Schema{"NDCG", "metric",
                  "A row has the scores of a wanted item and of others; labels are the item's "
                  "number, or 1 for it and 0 elsewhere: 1 where it is the highest, less the lower "
                  "it is, 0 below the first k.",
                  kTopItems};
  }
  std::string key() const override { return cat("ndcg", k); }

 protected:
  double gain(int64_t rank) const override { return 1 / std::log2(1 + static_cast<double>(rank)); }
};
FIRESTEEL_REGISTER(Metric, NDCG);

}  // namespace firesteel
