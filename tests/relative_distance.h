// SPDX-License-Identifier: Apache-2.0
// How far apart two vectors are.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace firesteel::testing {

// |a - b| / |b|; 0 where there are no numbers, or both are 0.
template <class Number>
double relative_distance(const std::vector<Number>& a, const std::vector<Number>& b) {
  EXPECT_EQ(a.size(), b.size());
  if (b.empty() || a.size() != b.size()) return 0;
  double apart = 0, whole = 0;
  for (size_t i = 0; i < b.size(); ++i) {
    double difference = static_cast<double>(a[i]) - static_cast<double>(b[i]);
    apart += difference * difference;
    whole += static_cast<double>(b[i]) * static_cast<double>(b[i]);
  }
  return apart == 0 ? 0 : std::sqrt(apart / whole);
}

}  // namespace firesteel::testing
