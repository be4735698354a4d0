// SPDX-License-Identifier: Apache-2.0
// Metrics of how often a class is found, found wrongly and missed.
#pragma once

#include <algorithm>

#include "nn/losses/reduction.h"
#include "train/metric.h"

namespace firesteel {

// Of the label 1 among 0 and 1, or the mean over classes. Sums are three for each class.
class ConfusionMetric : public Metric {
 public:
  int64_t num_classes = 0;
  float threshold = 0.5f;

  size_t sums() const override {
    return 3 * static_cast<size_t>(std::max<int64_t>(1, num_classes));
  }

  void check(const Shape& output, const Labels& labels) const override {
    if (num_classes == 0) return require_as_many(kind(), output, labels);
    require(numel(output) == num_classes * numel(labels.row_shape), kind(),
            ": labels must be class ids, each of ", num_classes, " scores, of the output ", output,
            ", got shape ", labels.row_shape);
  }

  void measure(const Shape& shape, const float* output, const Labels& labels,
               std::span<double> sums) const override {
    if (num_classes == 0) return measure_two(shape, output, labels, sums);
    for (int64_t i = 0; i < numel(shape) / num_classes; ++i) {
      const float* x = output + i * num_classes;
      auto found = static_cast<size_t>(std::max_element(x, x + num_classes) - x);
      auto truth = static_cast<size_t>(labels.class_id(i, num_classes));
      sums[3 * found + (found == truth ? kFound : kWrong)] += 1;
      if (found != truth) sums[3 * truth + kMissed] += 1;
    }
  }

  // The mean over classes that are there, or were found.
  double figure(std::span<const double> sums) const override {
    double total = 0, classes = 0;
    for (size_t c = 0; c < sums.size(); c += 3) {
      double found = sums[c + kFound], wrong = sums[c + kWrong], missed = sums[c + kMissed];
      if (found + wrong + missed == 0) continue;
      total += of_class(found, wrong, missed);
      ++classes;
    }
    return ratio(total, classes);
  }

 protected:
  virtual double of_class(double found, double wrong, double missed) const = 0;

 private:
  enum Sum : size_t { kFound, kWrong, kMissed };

  void measure_two(const Shape& shape, const float* output, const Labels& labels,
                   std::span<double> sums) const {
    for (int64_t i = 0; i < numel(shape); ++i) {
      bool found = output[i] > threshold, truth = labels.number(i) > 0.5;
      if (found) sums[truth ? kFound : kWrong] += 1;
      if (!found && truth) sums[kMissed] += 1;
    }
  }
};
inline constexpr auto kNumClasses =
    attr("num_classes", &ConfusionMetric::num_classes,
         "labels are ids of so many classes, and the figure is the mean over them; 0: labels are 0 "
         "and 1",
         nonnegative);
inline constexpr auto kThreshold =
    attr("threshold", &ConfusionMetric::threshold, "outputs above it stand for the label 1");

}  // namespace firesteel
