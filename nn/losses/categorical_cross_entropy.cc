// SPDX-License-Identifier: Apache-2.0
// CategoricalCrossEntropy: -(sum over c of y[c] log p[c]) along the last extent, where p is x divided
// by its sum and at least eps, or the softmax of x.
#include <algorithm>
#include <cmath>

#include "nn/losses/reduction.h"
#include "nn/run.h"

namespace firesteel {

struct CategoricalCrossEntropy final : LossOf<CategoricalCrossEntropy> {
  bool from_logits = false;
  float label_smoothing = 0, eps = 1e-7f;

  static constexpr auto schema() {
    return Schema{"CategoricalCrossEntropy",
                  "loss",
                  "Cross-entropy against labels that are the probability of each class, or 1 for "
                  "the true one and 0 elsewhere, along the last extent; the mean over the others.",
                  attr("from_logits", &CategoricalCrossEntropy::from_logits,
                       "outputs are scores before the softmax; false: probabilities"),
                  attr("label_smoothing", &CategoricalCrossEntropy::label_smoothing,
                       "share of the label that all classes have alike", fraction),
                  attr("eps", &CategoricalCrossEntropy::eps, "least probability", positive)};
  }
  static LossSample sample() {
    return {.attrs = {{"label_smoothing", 0.1}},
            .outputs = {{2, 3}},
            .labels = {2, 3},
            .numbers = {1, 0, 0, 0.2, 0.5, 0.3, 0, 0, 1},
            .least = 0.05,
            .most = 0.95};
  }

  void check(const Shape& output, const Labels& labels) const override {
    require(!output.empty(), "CategoricalCrossEntropy: the model's output must have classes");
    require_as_many("CategoricalCrossEntropy", output, labels);
  }

  LossSum run(DType dtype, const Shape& shape, const void* output, const Labels& labels,
              void* gradient) const override {
    int64_t classes = shape.back(), rows = numel(shape) / classes;
    double total = 0;
    by_dtype(dtype, [&]<class T>() {
      by_type_of(labels, [&](const auto* y) {
        for (int64_t r = 0; r < rows; ++r) {
          T* dx = gradient ? static_cast<T*>(gradient) + r * classes : nullptr;
          const T* x = static_cast<const T*>(output) + r * classes;
          T value = from_logits ? of_scores(x, y + r * classes, classes, dx)
                                : of_probabilities(x, y + r * classes, classes, dx);
          total += static_cast<double>(value);
        }
      });
    });
    return {total, static_cast<double>(rows)};
  }

 private:
  template <class T, class Y>
  T smoothed(Y y, int64_t classes) const {
    T s = static_cast<T>(label_smoothing);
    return (1 - s) * static_cast<T>(y) + s / static_cast<T>(classes);
  }

  template <class T, class Y>
  T of_scores(const T* x, const Y* labels, int64_t classes, T* dx) const {
    T most = *std::max_element(x, x + classes), sum = 0, value = 0, all = 0;
    for (int64_t c = 0; c < classes; ++c) sum += std::exp(x[c] - most);
    T log_sum = most + std::log(sum);
    for (int64_t c = 0; c < classes; ++c) {
      T y = smoothed<T>(labels[c], classes);
      value += y * (log_sum - x[c]);
      all += y;
    }
    for (int64_t c = 0; dx && c < classes; ++c) {
      dx[c] = all * std::exp(x[c] - log_sum) - smoothed<T>(labels[c], classes);
    }
    return value;
  }

  template <class T, class Y>
  T of_probabilities(const T* x, const Y* labels, int64_t classes, T* dx) const {
    T least = eps, most = 1 - least, sum = 0, value = 0, all = 0;
    for (int64_t c = 0; c < classes; ++c) sum += x[c];
    for (int64_t c = 0; c < classes; ++c) {
      T share = x[c] / sum, p = std::clamp(share, least, most);
      T y = smoothed<T>(labels[c], classes);
      value -= y * std::log(p);
      if (p == share) all += y;
      if (dx) dx[c] = p == share ? -y / x[c] : T(0);
    }
    for (int64_t c = 0; dx && c < classes; ++c) dx[c] += all / sum;
    return value;
  }
};
FIRESTEEL_LOSS(CategoricalCrossEntropy);

}  // namespace firesteel
