// SPDX-License-Identifier: Apache-2.0
// Metrics: a sum and a count over rows, so that they add up over micro-batches and workers.
#pragma once

#include "core/registry.h"
#include "core/schema.h"
#include "nn/loss.h"

namespace firesteel {

struct MetricSum {
  double sum = 0;
  double count = 0;
};

class Metric : public Described {
 public:
  static constexpr const char* kRole = "metric";
  // The key in reports, such as "accuracy".
  virtual std::string key() const = 0;
  // output: plain f32 with the batch extent.
  virtual MetricSum measure(const Shape& shape, const float* output,
                            const Labels& labels) const = 0;
};

template <class Derived>
using MetricOf = DescribedBy<Derived, Metric>;

}  // namespace firesteel
