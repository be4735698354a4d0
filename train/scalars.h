// SPDX-License-Identifier: Apache-2.0
// Scalars that are summed with the gradients of an iteration.
#pragma once

#include <cstddef>
#include <vector>

namespace firesteel {

// Loss sum, normaliser, rows, then (sum, count) of every metric.
enum Scalar : size_t { kLoss, kNormaliser, kRows, kMetrics };

// What sums are multiplied with to be means: zero where nothing counts, as where all labels are ignored.
inline double of_mean(const std::vector<double>& scalars) {
  return scalars[kNormaliser] != 0 ? 1.0 / scalars[kNormaliser] : 0.0;
}

}  // namespace firesteel
