// SPDX-License-Identifier: Apache-2.0
// Local response normalization across channels, y = x s^-beta with s = k + scale times the sum of
// x^2 over `half` channels on either side: Krizhevsky, Sutskever and Hinton, 2012, section 3.3.
#pragma once

#include <cstdint>

namespace firesteel::kernels {

struct Lrn {
  // Images as rows of groups of pixels of `lanes` channels. nChw16c: lanes 16; NHWC: one group of
  // all channels; NCHW: lanes 1. Lanes beyond the last channel get zeros.
  int64_t rows = 0, pixels = 0, channels = 0, lanes = 1;
  bool bf16 = false;  // type of x, y and their gradients: bf16, where there is AVX-512, or f32
  int64_t half = 2;
  float scale = 0, beta = 0.75f, k = 1;

  // Pixels that are worked on together, about as many as the first cache holds.
  int64_t tile() const {
    constexpr int64_t kNumbers = 1024;
    int64_t fit = kNumbers / (channels + half);
    return fit < 1 ? 1 : fit < pixels ? fit : pixels;
  }
  int64_t tiles_of_row() const { return (pixels + tile() - 1) / tile(); }
  int64_t tiles() const { return rows * tiles_of_row(); }
  // Numbers of a buffer for a tile: its channels between zeros for windows that hang over.
  int64_t room() const { return tile() * (channels + 2 * half) + 2 * half; }
  int64_t scratch() const { return 4 * room(); }
};

// Each works on the tiles [begin, end). scratch: Lrn::scratch() numbers.
struct LrnTable {
  void (*forward)(const Lrn&, const void* x, void* y, int64_t begin, int64_t end, float* scratch);
  void (*backward)(const Lrn&, const void* x, const void* dy, void* dx, int64_t begin, int64_t end,
                   float* scratch);
};
const LrnTable& lrn();

}  // namespace firesteel::kernels
