// SPDX-License-Identifier: Apache-2.0
// MarginRanking: max(0, margin - y (a - b)), where y is 1 if a is to be above b, else -1.
#include "nn/losses/number_pairs.h"

namespace firesteel {

struct MarginRanking final : NumberPairsLossOf<MarginRanking> {
  float margin = 0;

  static constexpr auto schema() {
    return Schema{"MarginRanking", "loss",
                  "What the first of two outputs lacks to be above the second by a margin (label "
                  "1), or below it (label -1 or 0).",
                  attr("margin", &MarginRanking::margin, "what is enough"), kReduction<Loss>};
  }
  static LossSample sample() {
    return {.attrs = {{"margin", 0.5}},
            .outputs = {{3}, {3}},
            .labels = {3},
            .numbers = {1, -1, 0, -1, 1}};
  }

  template <class T>
  PairTerm<T> term(T a, T b, T y) const {
    T side = y > 0 ? T(1) : T(-1), lack = static_cast<T>(margin) - side * (a - b);
    return lack > 0 ? PairTerm<T>{lack, -side, side} : PairTerm<T>{0, 0, 0};
  }
};
FIRESTEEL_LOSS(MarginRanking);

}  // namespace firesteel
