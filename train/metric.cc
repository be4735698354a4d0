// SPDX-License-Identifier: Apache-2.0
#include "train/metric.h"

namespace firesteel {
namespace {

// body(metric, its sums)
template <class Number, class Body>
void each_in_training(const Metrics& metrics, std::span<Number> sums, const Body& body) {
  for (const auto& metric : metrics) {
    if (!metric->in_training()) continue;
    body(*metric, sums.first(metric->sums()));
    sums = sums.subspan(metric->sums());
  }
}

}  // namespace

size_t training_sums(const Metrics& metrics) {
  size_t count = 0;
  for (const auto& metric : metrics) count += metric->in_training() ? metric->sums() : 0;
  return count;
}

void measure_in_training(const Metrics& metrics, const Shape& shape, const float* output,
                         const Labels& labels, std::span<double> sums) {
  each_in_training(metrics, sums, [&](const Metric& metric, std::span<double> own) {
    metric.measure(shape, output, labels, own);
  });
}

std::vector<double> training_figures(const Metrics& metrics, std::span<const double> sums) {
  std::vector<double> figures;
  each_in_training(metrics, sums, [&](const Metric& metric, std::span<const double> own) {
    figures.push_back(metric.figure(own));
  });
  return figures;
}

}  // namespace firesteel
