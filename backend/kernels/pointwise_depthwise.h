// SPDX-License-Identifier: Apache-2.0
// A 1x1 convolution and the depthwise 3x3 convolution of its result, as at the head of an inverted
// residual block (Sandler et al., 2018). The result between them, the largest tensor of such a
// block, is never written: three lines of it at a time are in the nearest cache.
#pragma once

#include <cstdint>

#include "backend/kernels/walk.h"

namespace firesteel::kernels {

struct PointwiseDepthwiseShape {
  int64_t in, middle;  // channels; `middle` is a multiple of the lanes
  int64_t height, width, out_height, out_width;
  int64_t stride;   // 1 or 2
  int64_t padding;  // 0 or 1
};

// A convolution's parameters and what follows it: limits of its results. Weights are in blocks of
// `lanes` output channels; bias: null or one number per channel.
struct PointwiseDepthwisePart {
  const float *weights, *bias;
  float least, most;
};

struct PointwiseDepthwiseJob {
  PointwiseDepthwisePart pointwise, depthwise;
  const float* x;  // of one image, as y
  float* y;
  Walk x_walk, y_walk;  // groups of `lanes` channels
};

struct PointwiseDepthwiseTable {
  int lanes;
  // Floats that run() needs for so many groups of `middle`.
  int64_t (*scratch)(const PointwiseDepthwiseShape&, int64_t groups);
  // The groups [group, group + groups) of lines [from, to) of the result.
  void (*run)(const PointwiseDepthwiseShape&, const PointwiseDepthwiseJob&, int64_t group,
              int64_t groups, int64_t from, int64_t to, float* scratch);
};
// Null: the CPU has too few registers for it to pay.
const PointwiseDepthwiseTable* pointwise_depthwise();

}  // namespace firesteel::kernels
