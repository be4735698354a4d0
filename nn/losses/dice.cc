// SPDX-License-Identifier: Apache-2.0
// Dice: 1 - (2 sum x y + eps) / (sum x + sum y + eps), over the numbers of a row. Milletari et al.,
// "V-Net", 2016, with sums in place of sums of squares.
#include "nn/losses/reduction.h"
#include "nn/run.h"

namespace firesteel {

struct Dice final : LossOf<Dice> {
  float eps = 1;

  static constexpr auto schema() {
    return Schema{"Dice", "loss",
                  "One minus the Dice coefficient, how far probabilities and labels 0 and 1 "
                  "overlap in a row; the mean over rows.",
                  attr("eps", &Dice::eps, "added above and below the fraction", positive)};
  }
  static LossSample sample() {
    return {.attrs = {{"eps", 0.5}},
            .outputs = {{2, 3}},
            .labels = {2, 3},
            .numbers = {1, 0, 0, 1, 1, 0, 0},
            .least = 0.05,
            .most = 0.95};
  }

  void check(const Shape& output, const Labels& labels) const override {
    require_as_many("Dice", output, labels);
  }

  LossSum run(DType dtype, const Shape& shape, const void* output, const Labels& labels,
              void* gradient) const override {
    int64_t width = numel(shape) / shape[0];
    double total = 0;
    by_dtype(dtype, [&]<class T>() {
      by_type_of(labels, [&](const auto* y) {
        for (int64_t at = 0; at < numel(shape); at += width) {
          T* dx = gradient ? static_cast<T*>(gradient) + at : nullptr;
          total += row(static_cast<const T*>(output) + at, y + at, width, dx);
        }
      });
    });
    return {total, static_cast<double>(shape[0])};
  }

 private:
  template <class T, class Y>
  double row(const T* x, const Y* y, int64_t width, T* dx) const {
    T both = 0, all = 0, offset = eps;
    for (int64_t i = 0; i < width; ++i) {
      both += x[i] * static_cast<T>(y[i]);
      all += x[i] + static_cast<T>(y[i]);
    }
    T above = 2 * both + offset, below = all + offset;
    for (int64_t i = 0; dx && i < width; ++i) {
      dx[i] = (above / below - 2 * static_cast<T>(y[i])) / below;
    }
    return static_cast<double>(1 - above / below);
  }
};
FIRESTEEL_LOSS(Dice);

}  // namespace firesteel
