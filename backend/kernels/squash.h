// SPDX-License-Identifier: Apache-2.0
// Functions that squash a number into a range, of many numbers.
#pragma once

#include <cstdint>

namespace firesteel::kernels {

// y may be x.
struct SquashTable {
  void (*tanh)(const float* x, float* y, int64_t begin, int64_t end);
  void (*sigmoid)(const float* x, float* y, int64_t begin, int64_t end);
};
const SquashTable& squash();

}  // namespace firesteel::kernels
