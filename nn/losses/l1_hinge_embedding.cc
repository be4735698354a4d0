// SPDX-License-Identifier: Apache-2.0
// L1HingeEmbedding: d where the label is 1, max(0, margin - d) where it is -1, with d the sum of
// |a - b| over a row.
#include <cmath>

#include "nn/losses/elementwise.h"
#include "nn/losses/row_pairs.h"

namespace firesteel {

struct L1HingeEmbedding final : RowPairsLossOf<L1HingeEmbedding> {
  float margin = 1;

  static constexpr auto schema() {
    return Schema{"L1HingeEmbedding", "loss",
                  "Of two outputs: the absolute differences of rows of a kind (label 1) are to "
                  "add up to little, those of others (label -1 or 0) to at least a margin; the "
                  "mean over rows.",
                  attr("margin", &L1HingeEmbedding::margin, "least distance of others")};
  }
  static LossSample sample() {
    return {
        .attrs = {{"margin", 20.0}}, .outputs = {{4}, {4}}, .labels = {}, .numbers = {1, -1, 0}};
  }

  template <class T>
  T row(const T* a, const T* b, int64_t n, bool alike, T* da, T* db) const {
    T distance = 0;
    for (int64_t i = 0; i < n; ++i) distance += std::abs(a[i] - b[i]);
    T lack = static_cast<T>(margin) - distance;
    T factor = alike ? T(1) : -static_cast<T>(lack > 0);
    for (int64_t i = 0; da && i < n; ++i) {
      da[i] = factor * sign_of(a[i] - b[i]);
      db[i] = -da[i];
    }
    return alike ? distance : -factor * lack;
  }
};
FIRESTEEL_LOSS(L1HingeEmbedding);

}  // namespace firesteel
