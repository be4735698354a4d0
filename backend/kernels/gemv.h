// SPDX-License-Identifier: Apache-2.0
// Products of a large matrix with few vectors. The matrix is read once, so the speed is that of the
// memory it lies in, if what comes next is asked for early enough.
#pragma once

#include <cstdint>

namespace firesteel::kernels {

struct GemvShape {
  int64_t rows, inputs, outputs;
};

struct GemvTable {
  int64_t most_rows;
  // y[n][o] = sum over i of x[n][i] w[o][i] + bias[o] for o in [from, to). bias: null or one number
  // per output.
  void (*run)(const GemvShape&, const float* x, const float* w, const float* bias, float* y,
              int64_t from, int64_t to);
};
// Null: the CPU has too few registers for it to pay.
const GemvTable* gemv();

}  // namespace firesteel::kernels
