// SPDX-License-Identifier: Apache-2.0
// MeanSquaredError: mean over all numbers of (x - label)^2.
#include "nn/loss.h"
#include "nn/run.h"

namespace firesteel {

struct MeanSquaredError final : LossOf<MeanSquaredError> {
  static constexpr auto schema() {
    return Schema{"MeanSquaredError", "loss",
                  "Mean of the squared differences between outputs and labels."};
  }

  void check(const Shape& output, const Labels& labels) const override {
    require(numel(output) == numel(labels.row_shape),
            "MeanSquaredError: labels must have the shape of the output ", output, ", got ",
            labels.row_shape);
  }

  LossSum run(DType dtype, const Shape& shape, const void* output, const Labels& labels,
              void* gradient) const override {
    double total = 0;
    by_dtype(dtype, [&]<class T>() {
      auto* x = static_cast<const T*>(output);
      auto* dx = static_cast<T*>(gradient);
      for (int64_t i = 0; i < numel(shape); ++i) {
        T difference = x[i] - static_cast<T>(labels.number(i));
        total += static_cast<double>(difference * difference);
        if (dx) dx[i] = 2 * difference;
      }
    });
    return {total, static_cast<double>(numel(shape))};
  }
};
FIRESTEEL_LOSS(MeanSquaredError);

}  // namespace firesteel
