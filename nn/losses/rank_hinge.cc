// SPDX-License-Identifier: Apache-2.0
// RankHinge: max(0, margin - p + n), for the scores p and n of a match and of a mismatch, which lie
// side by side in a row.
#include "nn/losses/reduction.h"
#include "nn/run.h"

namespace firesteel {

struct RankHinge final : LossOf<RankHinge> {
  float margin = 1;

  static constexpr auto schema() {
    return Schema{"RankHinge", "loss",
                  "What the score of a match lacks to be above that of a mismatch by a margin. A "
                  "row has pairs of scores, that of the match first; labels do not matter.",
                  attr("margin", &RankHinge::margin, "what is enough")};
  }
  static LossSample sample() {
    return {.attrs = {{"margin", 0.6}}, .outputs = {{4}}, .labels = {}, .any_labels = true};
  }

  void check(const Shape& output, const Labels&) const override {
    require(numel(output) % 2 == 0,
            "RankHinge: the model's output must be pairs of scores, got shape ", output);
  }

  LossSum run(DType dtype, const Shape& shape, const void* output, const Labels&,
              void* gradient) const override {
    double total = 0;
    by_dtype(dtype, [&]<class T>() {
      auto* x = static_cast<const T*>(output);
      auto* dx = static_cast<T*>(gradient);
      for (int64_t i = 0; i < numel(shape); i += 2) {
        T lack = static_cast<T>(margin) - x[i] + x[i + 1];
        bool some = lack > 0;
        if (some) total += static_cast<double>(lack);
        if (!dx) continue;
        dx[i] = some ? T(-1) : T(0);
        dx[i + 1] = some ? T(1) : T(0);
      }
    });
    return {total, static_cast<double>(numel(shape) / 2)};
  }
};
FIRESTEEL_LOSS(RankHinge);

}  // namespace firesteel
