// SPDX-License-Identifier: Apache-2.0
// Batch normalization with what follows it, y = relu?((x - mean) scale + beta + sum?), in the
// layouts of images. One table of functions per instruction set; bf16 is AVX-512's alone.
#pragma once

#include <cstdint>

#include "backend/kernels/walk.h"

namespace firesteel::kernels {

// Images as rows of groups of pixels of `lanes` channels; the last group may have fewer, where the
// layout pads it.
//   nChw16c  lanes 16, groups of C / 16
//   NHWC     lanes 16 too, with C elements from pixel to pixel; what is left of C with lanes 1
//   NCHW     lanes 1, and 1 element from pixel to pixel
struct Channels {
  int64_t rows = 0, pixels = 0, channels = 0;
  int lanes = 1;  // 1, 8 or 16
  bool bf16 = false;  // type of x, y, sum and their gradients: bf16 or f32
  int64_t groups() const { return (channels + lanes - 1) / lanes; }
};

// What both directions read.
struct BatchNormJob {
  const void* x;
  Walk x_walk, sum_walk, y_walk;  // gradients lie as their values do
  const float *gamma, *beta, *mean, *variance;  // one number per channel
  float eps;
  bool relu;
  float most;  // upper limit of the ReLU
};
struct BatchNormForward : BatchNormJob {
  const void* sum;  // null, or added before the ReLU
  void* y;
};
struct BatchNormBackward : BatchNormJob {
  const void *y, *dy;  // y: read where relu and sum
  void *dx, *dsum;     // null: nobody wants it
  float *dgamma, *dbeta;
  bool sum;
  bool sums_only;  // not dx
  // The sums of all parts of a batch of which x is one; null: x is all of it.
  const float *all_dgamma, *all_dbeta;
  double all_count;
};

// Each works on the groups [begin, end).
struct BatchNormTable {
  // Mean and biased variance of each channel.
  void (*statistics)(const Channels&, const Walk&, const void* x, float* mean, float* variance,
                     int64_t begin, int64_t end);
  void (*forward)(const Channels&, const BatchNormForward&, int64_t begin, int64_t end);
  void (*backward)(const Channels&, const BatchNormBackward&, int64_t begin, int64_t end);
};
const BatchNormTable& batch_norm();

}  // namespace firesteel::kernels
