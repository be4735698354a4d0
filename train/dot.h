// SPDX-License-Identifier: Apache-2.0
// Sums of products of floats in double, in an order that is a function of their number alone.
#pragma once

#include <cstdint>

namespace firesteel {

double dot(const float* a, const float* b, int64_t count);
double sum_of_magnitudes(const float* numbers, int64_t count);

}  // namespace firesteel
