// SPDX-License-Identifier: Apache-2.0
// CosineEmbedding: 1 - cos(a, b) where the label is 1, max(0, cos(a, b) - margin) where it is -1.
#include "nn/losses/cosine.h"
#include "nn/losses/row_pairs.h"

namespace firesteel {

struct CosineEmbedding final : RowPairsLossOf<CosineEmbedding> {
  float margin = 0;

  static constexpr auto schema() {
    return Schema{"CosineEmbedding", "loss",
                  "Of two outputs: rows of a kind (label 1) are to have one direction, the cosine "
                  "of others (label -1 or 0) is to be at most a margin; the mean over rows.",
                  attr("margin", &CosineEmbedding::margin, "most cosine of others")};
  }
  static LossSample sample() {
    return {
        .attrs = {{"margin", -0.9}}, .outputs = {{4}, {4}}, .labels = {}, .numbers = {1, -1, 0}};
  }

  template <class T>
  T row(const T* a, const T* b, int64_t n, bool alike, T* da, T* db) const {
    CosineOfRows<T> cosine(a, b, n);
    T excess = cosine.value - static_cast<T>(margin);
    T factor = alike ? T(-1) : static_cast<T>(excess > 0);
    for (int64_t i = 0; da && i < n; ++i) {
      da[i] = factor * cosine.by_a(a[i], b[i]);
      db[i] = factor * cosine.by_b(a[i], b[i]);
    }
    return alike ? 1 - cosine.value : factor * excess;
  }
};
FIRESTEEL_LOSS(CosineEmbedding);

}  // namespace firesteel
