// SPDX-License-Identifier: Apache-2.0
// The functions of max_pool.h.
#pragma once

#include "backend/kernels/max_pool.h"

namespace firesteel::kernels::FIRESTEEL_ISA {
namespace {

// Results of a line that are found together, in the nearest cache.
constexpr int64_t kRun = 64;
// Before anything was seen. As a word, so that it is as wide as the numbers.
constexpr int32_t kNowhere = -1;

inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

// What one place of the windows does to the results [from, to) of a run; result o reads
// line[o stride].
template <int kStride>
void compare(const float* line, int64_t stride, int64_t from, int64_t to, int32_t place,
             float* most, int32_t* at) {
  if (kStride > 0) stride = kStride;
  for (int64_t o = from; o < to; ++o) {
    float value = line[o * stride];
    bool more = value > most[o] || at[o] == kNowhere;
    most[o] = more ? value : most[o];
    at[o] = more ? place : at[o];
  }
}

// The results [0, count) of the run that starts at column `first` of output line `oh`.
void run_of(const MaxPool& s, const float* image, int64_t oh, int64_t first, int64_t count,
            float* most, int32_t* at) {
  for (int64_t o = 0; o < count; ++o) most[o] = -__builtin_inff(), at[o] = kNowhere;
  for (int64_t kh = 0; kh < s.kernel_height; ++kh) {
    int64_t h = oh * s.stride_height - s.pad_height + kh * s.hole_height;
    if (h < 0 || h >= s.height) continue;
    for (int64_t kw = 0; kw < s.kernel_width; ++kw) {
      // Result o reads the column `left` + o stride, where that is in the image.
      int64_t left = first * s.stride_width - s.pad_width + kw * s.hole_width;
      int64_t step = s.stride_width;
      int64_t from = left < 0 ? (-left + step - 1) / step : 0;
      int64_t to = left < s.width ? least(count, (s.width - 1 - left) / step + 1) : 0;
      const float* line = image + h * s.width + left;
      auto place = static_cast<int32_t>(kh * s.kernel_width + kw);
      auto* of_stride = step == 1 ? compare<1> : step == 2 ? compare<2> : compare<0>;
      of_stride(line, step, from, to, place, most, at);
    }
  }
}

void forward(const MaxPool& s, const float* x, float* y, uint8_t* places, int64_t begin,
             int64_t end) {
  float most[kRun];
  int32_t at[kRun];
  for (int64_t n = begin; n < end; ++n) {
    const float* image = x + n * s.height * s.width;
    for (int64_t oh = 0; oh < s.out_height; ++oh) {
      int64_t line = (n * s.out_height + oh) * s.out_width;
      for (int64_t first = 0; first < s.out_width; first += kRun) {
        int64_t count = least(kRun, s.out_width - first), to = line + first;
        run_of(s, image, oh, first, count, most, at);
        for (int64_t o = 0; o < count; ++o) y[to + o] = most[o];
        if (!places) continue;
        for (int64_t o = 0; o < count; ++o) places[to + o] = static_cast<uint8_t>(at[o]);
      }
    }
  }
}

void backward(const MaxPool& s, const float* dy, const uint8_t* places, float* dx, int64_t begin,
              int64_t end) {
  int64_t offsets[MaxPool::kMostPlaces];
  for (int64_t kh = 0; kh < s.kernel_height; ++kh) {
    for (int64_t kw = 0; kw < s.kernel_width; ++kw) {
      offsets[kh * s.kernel_width + kw] =
          (kh * s.hole_height - s.pad_height) * s.width + kw * s.hole_width - s.pad_width;
    }
  }
  for (int64_t n = begin; n < end; ++n) {
    float* image = dx + n * s.height * s.width;
    for (int64_t i = 0; i < s.height * s.width; ++i) image[i] = 0;
    for (int64_t oh = 0; oh < s.out_height; ++oh) {
      int64_t line = (n * s.out_height + oh) * s.out_width;
      int64_t corner = oh * s.stride_height * s.width;
      for (int64_t ow = 0; ow < s.out_width; ++ow) {
        image[corner + ow * s.stride_width + offsets[places[line + ow]]] += dy[line + ow];
      }
    }
  }
}

constexpr MaxPoolTable kTable = {forward, backward};

}  // namespace
}  // namespace firesteel::kernels::FIRESTEEL_ISA
