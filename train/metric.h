// SPDX-License-Identifier: Apache-2.0
// Metrics: sums over rows, which add up over micro-batches and workers, and the figure they make.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "core/registry.h"
#include "core/schema.h"
#include "nn/loss.h"

namespace firesteel {

// Metrics with more sums than that are measured in evaluations alone, as the sums of training travel
// with the gradients.
constexpr size_t kMostTrainingSums = 4;

class Metric : public Described {
 public:
  static constexpr const char* kRole = "metric";
  // The key in reports, such as "accuracy".
  virtual std::string key() const = 0;
  // How many sums it has. By default two: of a figure over rows, and how many there are.
  virtual size_t sums() const { return 2; }
  bool in_training() const { return sums() <= kMostTrainingSums; }
  // How many of the model's outputs it looks at. Those with more than one have many sums, and override
  // check_outputs and measure_outputs.
  virtual size_t outputs() const { return 1; }
  using Described::check;
  // Throws ShapeError when an output and labels of these shapes (of one row) do not belong together.
  virtual void check(const Shape& output, const Labels& labels) const = 0;
  // Adds to the sums. output: plain f32 with the batch extent.
  virtual void measure(const Shape& shape, const float* output, const Labels& labels,
                       std::span<double> sums) const = 0;
  virtual void check_outputs(std::span<const Shape> outputs, const Labels& labels) const {
    check(outputs[0], labels);
  }
  virtual void measure_outputs(std::span<const Shape> shapes, std::span<const void* const> outputs,
                               const Labels& labels, std::span<double> sums) const {
    measure(shapes[0], static_cast<const float*>(outputs[0]), labels, sums);
  }
  // By default the mean.
  virtual double figure(std::span<const double> sums) const { return ratio(sums[0], sums[1]); }

 protected:
  // 0 where there is nothing yet.
  static double ratio(double part, double whole) { return whole == 0 ? 0 : part / whole; }
};

template <class Derived>
using MetricOf = DescribedBy<Derived, Metric>;

using Metrics = std::vector<std::unique_ptr<Metric>>;
// Of those that are measured in training, one after the other: how many sums there are, adding to them
// (as Metric::measure), and the figures they make.
size_t training_sums(const Metrics& metrics);
void measure_in_training(const Metrics& metrics, const Shape& shape, const float* output,
                         const Labels& labels, std::span<double> sums);
std::vector<double> training_figures(const Metrics& metrics, std::span<const double> sums);

}  // namespace firesteel
