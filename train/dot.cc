// SPDX-License-Identifier: Apache-2.0
#include "train/dot.h"

#include <cmath>
#include <numeric>

namespace firesteel {
namespace {

constexpr int64_t kLanes = 8;  // sums side by side, in an order that is part of the result

// Of term(index).
template <class Term>
double sum_of(int64_t count, const Term& term) {
  double sums[kLanes] = {};
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (int64_t k = 0; k < kLanes; ++k) sums[k] += term(i + k);
  }
  for (int64_t k = 0; i < count; ++i, ++k) sums[k] += term(i);
  return std::accumulate(sums, sums + kLanes, 0.0);
}

}  // namespace

double dot(const float* a, const float* b, int64_t count) {
  return sum_of(count, [=](int64_t i) { return double{a[i]} * double{b[i]}; });
}

double sum_of_magnitudes(const float* numbers, int64_t count) {
  return sum_of(count, [=](int64_t i) { return std::abs(double{numbers[i]}); });
}

}  // namespace firesteel
