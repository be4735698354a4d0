// SPDX-License-Identifier: Apache-2.0
// Metrics of how scores sort 0 and 1, from counts of both in bins of scores: these add up, wherever the
// rows are, and are as good as the scores themselves but for what shares a bin.
#pragma once

#include <algorithm>

#include "nn/losses/logistic.h"
#include "nn/losses/reduction.h"
#include "train/metric.h"

namespace firesteel {

// The bin of a score between 0 and 1.
inline size_t bin_of(double score, int64_t bins) {
  if (!(score > 0)) return 0;
  return static_cast<size_t>(
      std::min(static_cast<int64_t>(score * static_cast<double>(bins)), bins - 1));
}

// Sums are, for each label of a row, the negatives and positives of each bin.
class BinnedMetric : public Metric {
 public:
  int64_t bins = 1000, num_labels = 1;
  bool from_logits = false;

  size_t sums() const override { return 2 * static_cast<size_t>(bins * num_labels); }

  void check(const Shape& output, const Labels& labels) const override {
    require_as_many(kind(), output, labels);
    require(numel(output) % num_labels == 0, kind(), ": the model's output must be ", num_labels,
            " numbers per row, got shape ", output);
  }

  void measure(const Shape& shape, const float* output, const Labels& labels,
               std::span<double> sums) const override {
    for (int64_t i = 0; i < numel(shape); ++i) {
      auto score = static_cast<double>(output[i]);
      if (from_logits) score = logistic(score);
      auto label = static_cast<size_t>(i % num_labels * bins);
      sums[2 * (label + bin_of(score, bins)) + (labels.number(i) > 0.5 ? 1 : 0)] += 1;
    }
  }

  // The mean over labels that have both negatives and positives.
  double figure(std::span<const double> sums) const override {
    double total = 0, count = 0;
    for (auto rest = sums; !rest.empty(); rest = rest.subspan(2 * static_cast<size_t>(bins))) {
      auto own = rest.first(2 * static_cast<size_t>(bins));
      double negatives = 0, positives = 0;
      for (size_t b = 0; b < own.size(); b += 2) negatives += own[b], positives += own[b + 1];
      if (negatives == 0 || positives == 0) continue;
      total += area(own, negatives, positives);
      ++count;
    }
    return ratio(total, count);
  }

 protected:
  virtual double area(std::span<const double> counts, double negatives, double positives) const = 0;
};
inline constexpr auto kBins = attr("bins", &BinnedMetric::bins, "of scores from 0 to 1", positive);
inline constexpr auto kNumLabels =
    attr("num_labels", &BinnedMetric::num_labels,
         "how many labels a row has; the figure is the mean over them", positive);
inline constexpr auto kFromLogits = attr("from_logits", &BinnedMetric::from_logits,
                                         "outputs are scores before a Sigmoid; false: after");

}  // namespace firesteel
