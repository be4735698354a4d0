// SPDX-License-Identifier: Apache-2.0
// The functions of pointwise_depthwise.h.
#pragma once

#include "backend/kernels/pointwise_depthwise.h"
#include "backend/kernels/registers.inc.h"

namespace firesteel::kernels::FIRESTEEL_ISA {
namespace {

using Shape = PointwiseDepthwiseShape;
using Job = PointwiseDepthwiseJob;
using Part = PointwiseDepthwisePart;

#ifdef __AVX512F__
constexpr int kPixels = 14;
#else
constexpr int kPixels = 6;
#endif
constexpr int kPanel = 2;  // groups of channels made together
constexpr int kLines = 3;  // the kernel's height, and its width

// The numbers of a line, with the zeros beside it.
inline int64_t line_size(const Shape& s) { return (s.width + 2 * s.padding) * kLanes; }
inline int64_t blocks(int64_t channels) { return (channels + kLanes - 1) / kLanes; }

int64_t scratch(const Shape& s, int64_t groups) {
  return blocks(s.in) * s.width * kLanes + kLines * groups * line_size(s);
}

// One line of the input as block x pixel x lanes, so that a product finds its pixels at constant
// distances. What is in the lanes without a channel is not used.
void pack_line(const Shape& s, const Walk& walk, const float* x, float* to) {
  for (int64_t c = 0; c < s.in; c += kLanes, x += walk.group) {
    int64_t count = s.in - c < kLanes ? s.in - c : kLanes;
    // A whole vector of a pixel reaches into the next one, and the last one of all has none.
    int64_t whole = count < kLanes ? s.width - kLanes : s.width;
    int64_t w = 0;
    for (; w < whole; ++w, to += kLanes) store(to, load(x + w * walk.pixel));
    for (; w < s.width; ++w, to += kLanes) {
      for (int64_t l = 0; l < count; ++l) to[l] = x[w * walk.pixel + l];
    }
  }
}

// kCount pixels of kWide groups of the 1x1 convolution.
template <int kCount, int kWide>
void expand(const Shape& s, const Part& part, int64_t group, const float* x, int64_t x_block,
            float* to) {
  V sums[kCount][kWide];
  const float* u = part.weights + group * s.in * kLanes;
#pragma GCC unroll 32
  for (int w = 0; w < kWide; ++w) {
    V first = part.bias ? load(part.bias + (group + w) * kLanes) : all(0);
#pragma GCC unroll 32
    for (int t = 0; t < kCount; ++t) sums[t][w] = first;
  }
  for (int64_t c = 0; c < s.in; c += kLanes, x += x_block) {
    int64_t count = s.in - c < kLanes ? s.in - c : kLanes;
    for (int64_t l = 0; l < count; ++l, u += kLanes) {
      V weights[kWide];
      for (int w = 0; w < kWide; ++w) {
        weights[w] = load(u + w * s.in * kLanes);
        // Those of the next groups.
        __builtin_prefetch(u + (w + kWide) * s.in * kLanes);
      }
#pragma GCC unroll 32
      for (int t = 0; t < kCount; ++t) {
        V value = all(x[t * kLanes + l]);
        for (int w = 0; w < kWide; ++w) sums[t][w] = fma(value, weights[w], sums[t][w]);
      }
    }
  }
  V least = all(part.least), most = all(part.most);
#pragma GCC unroll 32
  for (int w = 0; w < kWide; ++w, to += line_size(s)) {
#pragma GCC unroll 32
    for (int t = 0; t < kCount; ++t) store(to + t * kLanes, limited(sums[t][w], least, most));
  }
}

template <int kCount, int kWide>
void expand_some(int64_t count, const Shape& s, const Part& part, int64_t group, const float* x,
                 int64_t x_block, float* to) {
  if constexpr (kCount > 1) {
    if (count < kCount) {
      return expand_some<kCount - 1, kWide>(count, s, part, group, x, x_block, to);
    }
  }
  expand<kCount, kWide>(s, part, group, x, x_block, to);
}

template <int kWide>
void expand_line(const Shape& s, const Part& part, int64_t group, const float* x, float* to) {
  // As many at a time as there are registers for, but all times alike: a few pixels are slow.
  int64_t times = (s.width + kPixels - 1) / kPixels, step = (s.width + times - 1) / times;
  for (int64_t w = 0; w < s.width; w += step) {
    int64_t count = s.width - w < step ? s.width - w : step;
    expand_some<kPixels, kWide>(count, s, part, group, x + w * kLanes, s.width * kLanes,
                                to + (s.padding + w) * kLanes);
  }
}

// kCount pixels of a line of the depthwise convolution.
template <int kStride, int kCount>
inline void reduce(const V* weights, V bias, V least, V most, const float* const* lines,
                   int64_t offset, float* y, int64_t pixel) {
  V sums[kCount];
#pragma GCC unroll 32
  for (int t = 0; t < kCount; ++t) sums[t] = bias;
#pragma GCC unroll 32
  for (int i = 0; i < kLines; ++i) {
    const float* line = lines[i] + offset;
#pragma GCC unroll 32
    for (int j = 0; j < (kCount - 1) * kStride + kLines; ++j) {
      V value = load(line + j * kLanes);
#pragma GCC unroll 32
      for (int t = 0; t < kCount; ++t) {
        int k = j - t * kStride;
        if (k >= 0 && k < kLines) sums[t] = fma(value, weights[i * kLines + k], sums[t]);
      }
    }
  }
#pragma GCC unroll 32
  for (int t = 0; t < kCount; ++t) store(y + t * pixel, limited(sums[t], least, most));
}

template <int kStride>
void reduce_line(const Shape& s, const Part& part, int64_t group, const float* const* lines,
                 float* y, int64_t pixel) {
  constexpr int kCount = 4;
  constexpr int kPoints = kLines * kLines;
  V weights[kPoints];
  for (int i = 0; i < kPoints; ++i)
    weights[i] = load(part.weights + (group * kPoints + i) * kLanes);
  V bias = part.bias ? load(part.bias + group * kLanes) : all(0);
  V least = all(part.least), most = all(part.most);
  int64_t w = 0;
  for (; w + kCount <= s.out_width; w += kCount) {
    reduce<kStride, kCount>(weights, bias, least, most, lines, w * kStride * kLanes, y + w * pixel,
                            pixel);
  }
  for (; w < s.out_width; ++w) {
    reduce<kStride, 1>(weights, bias, least, most, lines, w * kStride * kLanes, y + w * pixel,
                       pixel);
  }
}

void run(const Shape& s, const Job& job, int64_t group, int64_t groups, int64_t from, int64_t to,
         float* scratch) {
  int64_t size = line_size(s), slot = groups * size;
  float* packed = scratch;
  float* ring = packed + blocks(s.in) * s.width * kLanes;
  for (int64_t i = 0; i < kLines * groups && s.padding > 0; ++i) {
    store(ring + i * size, all(0));
    store(ring + (i + 1) * size - kLanes, all(0));
  }
  auto line_of = [&](int64_t h, int64_t g) {
    return ring + (h + kLines) % kLines * slot + g * size;
  };
  int64_t next = from * s.stride - s.padding;
  for (int64_t h = from; h < to; ++h) {
    int64_t first = h * s.stride - s.padding;
    for (; next < first + kLines; ++next) {
      if (next < 0 || next >= s.height) {
        float* line = line_of(next, 0);
        for (int64_t i = 0; i < slot; i += kLanes) store(line + i, all(0));
        continue;
      }
      pack_line(s, job.x_walk, job.x + next * s.width * job.x_walk.pixel, packed);
      for (int64_t g = 0; g < groups; g += kPanel) {
        float* line = line_of(next, g);
        g + kPanel <= groups ? expand_line<kPanel>(s, job.pointwise, group + g, packed, line)
                             : expand_line<1>(s, job.pointwise, group + g, packed, line);
      }
    }
    for (int64_t g = 0; g < groups; ++g) {
      const float* lines[kLines] = {line_of(first, g), line_of(first + 1, g),
                                    line_of(first + 2, g)};
      float* y = job.y + (group + g) * job.y_walk.group + h * s.out_width * job.y_walk.pixel;
      s.stride == 1 ? reduce_line<1>(s, job.depthwise, group + g, lines, y, job.y_walk.pixel)
                    : reduce_line<2>(s, job.depthwise, group + g, lines, y, job.y_walk.pixel);
    }
  }
}

constexpr PointwiseDepthwiseTable kTable = {kLanes, scratch, run};

}  // namespace
}  // namespace firesteel::kernels::FIRESTEEL_ISA
