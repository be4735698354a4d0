// SPDX-License-Identifier: Apache-2.0
// SmoothL1WithWeights: outer (sigma d)^2 / 2 where |d| < 1 / sigma^2, else outer (|d| - 1 / (2
// sigma^2)), with d = inner (x - y). Girshick, "Fast R-CNN", ICCV 2015: inner chooses the boxes that
// belong to an object, outer weights them.
#include <cmath>

#include "nn/losses/elementwise.h"

namespace firesteel {

struct SmoothL1WithWeights final : LossOf<SmoothL1WithWeights> {
  float sigma = 1;

  static constexpr auto schema() {
    return Schema{"SmoothL1WithWeights", "loss",
                  "SmoothL1 of differences that have weights, added over a row; the mean over "
                  "rows. Labels are [3, shape of the output]: numbers, weights of the "
                  "differences, weights of the losses.",
                  attr("sigma", &SmoothL1WithWeights::sigma,
                       "1 / sigma^2 is where squares become absolute values", positive)};
  }
  static LossSample sample() {
    return {.attrs = {{"sigma", 1.5}},
            .outputs = {{4}},
            .labels = {3, 4},
            .numbers = {0.4, -1.2, 0, 2, 1, 1, 0, 0.5, 0.25, 1, 1, 2}};
  }

  void check(const Shape& output, const Labels& labels) const override {
    const Shape& given = labels.row_shape;
    require(!given.empty() && given[0] == 3 && numel(given) == 3 * numel(output),
            "SmoothL1WithWeights: labels must have the shape ", with_batch(3, output), ", got ",
            given);
  }

  LossSum run(DType dtype, const Shape& shape, const void* output, const Labels& labels,
              void* gradient) const override {
    double total = 0;
    by_dtype(dtype, [&]<class T>() {
      by_type_of(labels, [&](const auto* y) {
        total = sum(shape, static_cast<const T*>(output), y, static_cast<T*>(gradient));
      });
    });
    return {total, static_cast<double>(shape[0])};
  }

 private:
  template <class T, class Y>
  double sum(const Shape& shape, const T* x, const Y* labels, T* dx) const {
    int64_t width = numel(shape) / shape[0];
    T square = static_cast<T>(sigma) * static_cast<T>(sigma);
    double total = 0;
    for (int64_t i = 0; i < numel(shape); ++i) {
      const Y* y = labels + i / width * 3 * width + i % width;
      T inner = static_cast<T>(y[width]), outer = static_cast<T>(y[2 * width]);
      T d = inner * (x[i] - static_cast<T>(*y)), size = std::abs(d);
      bool small = size * square < 1;
      total += static_cast<double>(outer * (small ? square * d * d / 2 : size - 1 / (2 * square)));
      if (dx) dx[i] = outer * inner * (small ? square * d : sign_of(d));
    }
    return total;
  }
};
FIRESTEEL_LOSS(SmoothL1WithWeights);

}  // namespace firesteel
