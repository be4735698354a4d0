// SPDX-License-Identifier: Apache-2.0
// What the CPU can do at most, to measure a model's speed by.
#pragma once

#include "core/dtype.h"

namespace firesteel {

// GFLOP/s of matrix products of 1024 x 1024, of f32 or bf16 values, one in each thread at a
// time: the best of some.
double gemm_peak_gflops(int threads, DType dtype);

}  // namespace firesteel
