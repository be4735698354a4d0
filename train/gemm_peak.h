// SPDX-License-Identifier: Apache-2.0
// What the CPU can do at most, to measure a model's speed by.
#pragma once

namespace firesteel {

// f32 GFLOP/s of matrix products of 1024 x 1024, one in each thread at a time: the best of some.
double gemm_peak_gflops(int threads);

}  // namespace firesteel
