// SPDX-License-Identifier: Apache-2.0
// The functions of lrn.h.
#pragma once

#include "backend/kernels/loop.inc.h"
#include "backend/kernels/lrn.h"
#include "backend/kernels/vector.inc.h"
#include "backend/kernels/vector_math.inc.h"

namespace firesteel::kernels::FIRESTEEL_ISA {
namespace {

template <class From, class To>
inline void convert(const From* from, To* to, int64_t length) {
  constexpr int kBlock = 16;  // channels of the commonest layout
  if (length == kBlock) {
    typename Vector<kBlock>::Type block;
    return store<kBlock>(to, load<kBlock>(block, from));
  }
  for (int64_t i = 0; i < length; ++i) {
    float number;
    store<1>(to + i, load<1>(number, from + i));
  }
}

// Pixels of one image in a flat buffer, so that a window is every step-th number of it. Channels
// side by side: [zeros, pixel, zeros, pixel, ..., zeros], step 1. Planes: [zeros, channel 0 of all
// pixels, channel 1, ..., zeros], step as many as there are pixels.
template <class T>
class LrnTile {
 public:
  LrnTile(const Lrn& lrn, int64_t index, float* scratch) : lrn_(lrn), scratch_(scratch) {
    int64_t row = index / lrn.tiles_of_row();
    int64_t first = index % lrn.tiles_of_row() * lrn.tile();
    pixels_ = lrn.pixels - first < lrn.tile() ? lrn.pixels - first : lrn.tile();
    group_ = lrn.pixels * lrn.lanes;
    int64_t groups = (lrn.channels + lrn.lanes - 1) / lrn.lanes;
    start_ = row * groups * group_ + first * lrn.lanes;
    plane_ = lrn.lanes == 1;
    step_ = plane_ ? pixels_ : 1;
    pad_ = lrn.half * step_;
    count_ = plane_ ? lrn.channels * pixels_ : pixels_ * (lrn.channels + lrn.half);
  }

  void zero_ends(float* buffer) const {
    for (int64_t i = 0; i < pad_; ++i) buffer[i] = buffer[pad_ + count_ + i] = 0;
  }
  void read(const void* tensor, float* to) const {
    zero_ends(to);
    const T* from = static_cast<const T*>(tensor) + start_;
    each_run([&](int64_t at, int64_t place, int64_t length, int64_t) {
      convert(from + at, to + place, length);
    });
    if (plane_) return;
    for (int64_t p = 0; p < pixels_; ++p) {
      float* gap = to + pad_ + p * (lrn_.channels + lrn_.half) + lrn_.channels;
      for (int64_t i = 0; i < lrn_.half; ++i) gap[i] = 0;
    }
  }
  void write(const float* from, void* tensor) const {
    T* to = static_cast<T*>(tensor) + start_;
    each_run([&](int64_t at, int64_t place, int64_t length, int64_t whole) {
      convert(from + place, to + at, length);
      for (int64_t i = length; i < whole; ++i) to[at + i] = 0;
    });
  }

  // to[i] = the sum of the window around from[i].
  void windows(const float* from, float* to) const {
    const int64_t first = begin(), last = end(), step = step_;
    int64_t d = -lrn_.half;
    const float* shifted = from + d * step;
    for (int64_t i = first; i < last; ++i) to[i] = shifted[i];
    // Two at a time: there is an even number left.
    for (++d; d <= lrn_.half; d += 2) {
      const float *one = from + d * step, *two = one + step;
      FIRESTEEL_VECTOR_LOOP
      for (int64_t i = first; i < last; ++i) to[i] += one[i] + two[i];
    }
  }
  void square(const float* from, float* to) const {
    for (int64_t i = 0; i < count_ + 2 * pad_; ++i) to[i] = from[i] * from[i];
  }

  float* buffer(int64_t i) const { return scratch_ + i * lrn_.room(); }
  int64_t begin() const { return pad_; }
  int64_t end() const { return pad_ + count_; }

 private:
  // body(offset in the tensor, place in the buffer, channels or pixels, with padding) for every run
  // of numbers that lie side by side in both.
  template <class Body>
  void each_run(const Body& body) const {
    if (plane_) {
      for (int64_t ch = 0; ch < lrn_.channels; ++ch) {
        body(ch * group_, pad_ + ch * pixels_, pixels_, pixels_);
      }
      return;
    }
    for (int64_t ch = 0; ch < lrn_.channels; ch += lrn_.lanes) {
      int64_t left = lrn_.channels - ch, length = left < lrn_.lanes ? left : lrn_.lanes;
      for (int64_t p = 0; p < pixels_; ++p) {
        body(ch / lrn_.lanes * group_ + p * lrn_.lanes, pad_ + p * (lrn_.channels + lrn_.half) + ch,
             length, lrn_.lanes);
      }
    }
  }

  const Lrn& lrn_;
  int64_t pixels_, start_, group_, step_, pad_, count_;
  float* scratch_;
  bool plane_;
};

inline float minus_power(float s, float beta) { return Fast::exp(-beta * Fast::log(s)); }

template <class T>
void lrn_forward(const Lrn& lrn, const void* from, void* to, int64_t index, float* scratch) {
  LrnTile<T> tile(lrn, index, scratch);
  float *x = tile.buffer(0), *squares = tile.buffer(1), *sums = tile.buffer(2);
  tile.read(from, x);
  tile.square(x, squares);
  tile.windows(squares, sums);
  const float k = lrn.k, scale = lrn.scale, beta = lrn.beta;
  const int64_t begin = tile.begin(), end = tile.end();
  FIRESTEEL_VECTOR_LOOP
  for (int64_t i = begin; i < end; ++i) sums[i] = x[i] * minus_power(k + scale * sums[i], beta);
  tile.write(sums, to);
}

// dx = dy s^-beta - 2 scale beta x times the sum of dy x s^(-beta - 1) over the window.
template <class T>
void lrn_backward(const Lrn& lrn, const void* from, const void* gradient, void* to, int64_t index,
                  float* scratch) {
  LrnTile<T> tile(lrn, index, scratch);
  float *x = tile.buffer(0), *d = tile.buffer(1), *sums = tile.buffer(2), *terms = tile.buffer(3);
  tile.read(from, x);
  tile.square(x, terms);
  tile.windows(terms, sums);
  tile.read(gradient, d);
  const float k = lrn.k, scale = lrn.scale, beta = lrn.beta, factor = 2 * scale * beta;
  const int64_t begin = tile.begin(), end = tile.end();
  // Beyond both ends the terms are the squares of zeros already.
  FIRESTEEL_VECTOR_LOOP
  for (int64_t i = begin; i < end; ++i) {
    float s = k + scale * sums[i];
    d[i] *= minus_power(s, beta);
    terms[i] = d[i] * x[i] / s;
  }
  tile.windows(terms, sums);
  FIRESTEEL_VECTOR_LOOP
  for (int64_t i = begin; i < end; ++i) d[i] -= factor * x[i] * sums[i];
  tile.write(d, to);
}

constexpr LrnTable kTable = {
    [](const Lrn& lrn, const void* x, void* y, int64_t begin, int64_t end, float* scratch) {
      by_value_type(lrn.bf16, [&]<class T>() {
        for (int64_t t = begin; t < end; ++t) lrn_forward<T>(lrn, x, y, t, scratch);
      });
    },
    [](const Lrn& lrn, const void* x, const void* dy, void* dx, int64_t begin, int64_t end,
       float* scratch) {
      by_value_type(lrn.bf16, [&]<class T>() {
        for (int64_t t = begin; t < end; ++t) lrn_backward<T>(lrn, x, dy, dx, t, scratch);
      });
    }};

}  // namespace
}  // namespace firesteel::kernels::FIRESTEEL_ISA
