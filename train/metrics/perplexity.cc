// SPDX-License-Identifier: Apache-2.0
// Perplexity: exp of the mean CrossEntropy.
#include <cmath>

#include "train/metric.h"

namespace firesteel {

struct Perplexity final : MetricOf<Perplexity> {
  int64_t ignore_index = -100;

  static constexpr auto schema() {
    return Schema{"Perplexity", "metric",
                  "Exponential of the mean cross-entropy of scores, whose classes are the last "
                  "extent: among how many classes the model wavers.",
                  attr("ignore_index", &Perplexity::ignore_index, "a label that does not count")};
  }
  std::string key() const override { return "perplexity"; }

  void check(const Shape& output, const Labels& labels) const override {
    loss()->check_outputs({&output, 1}, labels);
  }

  void measure(const Shape& shape, const float* output, const Labels& labels,
               std::span<double> sums) const override {
    const void* values = output;
    LossSum sum = loss()->run_outputs({DType::f32, {&shape, 1}, {&values, 1}, labels});
    sums[0] += sum.sum;
    sums[1] += sum.normaliser;
  }
  double figure(std::span<const double> sums) const override {
    return sums[1] == 0 ? 0 : std::exp(sums[0] / sums[1]);
  }

 private:
  std::unique_ptr<Loss> loss() const {
    return Registry<Loss>::instance().make("CrossEntropy", {{"ignore_index", ignore_index}});
  }
};
FIRESTEEL_REGISTER(Metric, Perplexity);

}  // namespace firesteel
