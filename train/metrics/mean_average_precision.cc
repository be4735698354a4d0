// SPDX-License-Identifier: Apache-2.0
// MeanAveragePrecision: of each class the mean, over its rows, of the highest precision that is reached
// where they and what else scores as high are taken (as the PASCAL VOC challenge has it since 2010); the
// mean over classes.
#include <algorithm>
#include <cmath>

#include "train/metrics/bins.h"

namespace firesteel {

struct MeanAveragePrecision final : MetricOf<MeanAveragePrecision> {
  int64_t num_classes = 0, top_k = 0, bins = 200;
  bool from_logits = false;

  static constexpr auto schema() {
    return Schema{
        "MeanAveragePrecision",
        "metric",
        "How well the scores of each class sort its rows before others; the mean over "
        "classes that have rows. Measured in evaluations.",
        required("num_classes", &MeanAveragePrecision::num_classes,
                 "scores of a row, and one more than the highest label", positive),
        attr("top_k", &MeanAveragePrecision::top_k,
             "how many rows with the highest scores of a class count; 0: all", nonnegative),
        attr("bins", &MeanAveragePrecision::bins,
             "of scores from 0 to 1; those in a bin are taken together", positive),
        attr("from_logits", &MeanAveragePrecision::from_logits,
             "outputs are scores before a softmax; false: after")};
  }
  std::string key() const override { return "mean_average_precision"; }
  // For each class the rows of others and its own, by bin.
  size_t sums() const override { return 2 * static_cast<size_t>(num_classes * bins); }

  void check(const Shape& output, const Labels& labels) const override {
    require(numel(output) == num_classes && numel(labels.row_shape) == 1,
            "MeanAveragePrecision: must have ", num_classes,
            " scores and one class id per row, got shapes ", output, " and ", labels.row_shape);
  }

  void measure(const Shape& shape, const float* output, const Labels& labels,
               std::span<double> sums) const override {
    for (int64_t r = 0; r < shape[0]; ++r) {
      const float* x = output + r * num_classes;
      int64_t label = labels.class_id(r, num_classes);
      auto most = static_cast<double>(*std::max_element(x, x + num_classes));
      double all = 0;
      for (int64_t c = 0; from_logits && c < num_classes; ++c) all += std::exp(x[c] - most);
      for (int64_t c = 0; c < num_classes; ++c) {
        double score = from_logits ? std::exp(x[c] - most) / all : static_cast<double>(x[c]);
        size_t at = static_cast<size_t>(c * bins) + bin_of(score, bins);
        sums[2 * at + (c == label ? 1 : 0)] += 1;
      }
    }
  }

  double figure(std::span<const double> sums) const override {
    double total = 0, classes = 0;
    size_t width = 2 * static_cast<size_t>(bins);
    for (size_t c = 0; c < static_cast<size_t>(num_classes); ++c) {
      auto own = sums.subspan(c * width, width);
      double rows = 0;
      for (size_t b = 1; b < own.size(); b += 2) rows += own[b];
      if (rows == 0) continue;
      total += average_precision(own) / rows;
      ++classes;
    }
    return ratio(total, classes);
  }

 private:
  // The sum over the rows of the class.
  double average_precision(std::span<const double> own) const {
    struct Point {
      double rows, precision;
    };
    std::vector<Point> points;
    double found = 0, taken = 0;
    for (size_t b = own.size(); b > 0; b -= 2) {
      double here = own[b - 2] + own[b - 1], share = 1;
      if (here == 0) continue;
      if (top_k > 0) share = std::min(1.0, (static_cast<double>(top_k) - taken) / here);
      if (share <= 0) break;
      found += share * own[b - 1];
      taken += share * here;
      points.push_back({share * own[b - 1], found / taken});
    }
    double sum = 0, best = 0;
    for (auto point = points.rbegin(); point != points.rend(); ++point) {
      best = std::max(best, point->precision);
      sum += point->rows * best;
    }
    return sum;
  }
};
FIRESTEEL_REGISTER(Metric, MeanAveragePrecision);

}  // namespace firesteel
