// SPDX-License-Identifier: Apache-2.0
// The order of steps, for layers that go through the steps of N x steps x ... one after the other.
//
// Inside, steps come first and rows second, so that a step's rows lie together. A row that has
// ended keeps its state.
#pragma once

#include <algorithm>
#include <cstring>

#include "core/buffer.h"
#include "nn/layer.h"

namespace firesteel {

struct StepsLayer : Layer {
  bool return_sequences = true, reverse = false;

  Steps steps(const Shape&) const override { return Steps::followed; }

  // Where the s-th step that is computed lies among those of a row.
  int64_t time_of(int64_t s, int64_t steps) const { return reverse ? steps - 1 - s : s; }
  // Calls of_row(n) for rows whose steps have ended before the s-th that is computed.
  template <class OfRow>
  void each_ended(const Run& r, int64_t s, const OfRow& of_row) const {
    int64_t t = time_of(s, r.in()[1]);
    for (int64_t n = 0; r.padded() && n < r.rows(); ++n) {
      if (t >= r.length(n)) of_row(n);
    }
  }
  // Calls copy(byte of row n's step in a batch-first buffer, the same in a step-first one) for
  // steps of so many bytes.
  template <class Copy>
  void each_step(const Run& r, size_t bytes, const Copy& copy) const {
    auto width = static_cast<int64_t>(bytes);
    int64_t rows = r.rows(), steps = r.in()[1];
    for (int64_t s = 0; s < steps; ++s) {
      int64_t t = time_of(s, steps);
      for (int64_t n = 0; n < rows; ++n) copy((n * steps + t) * width, (s * rows + n) * width);
    }
  }
  // The input, step by step.
  void steps_first(const Run& r, size_t bytes, const void* from, void* to) const {
    auto* x = static_cast<const std::byte*>(from);
    auto* y = static_cast<std::byte*>(to);
    each_step(r, bytes,
              [&](int64_t there, int64_t here) { std::memcpy(y + here, x + there, bytes); });
  }
  // The other way.
  void rows_first(const Run& r, size_t bytes, const void* from, void* to) const {
    auto* x = static_cast<const std::byte*>(from);
    auto* y = static_cast<std::byte*>(to);
    each_step(r, bytes,
              [&](int64_t there, int64_t here) { std::memcpy(y + there, x + here, bytes); });
  }
  // What the s-th step's states get from the output's gradient: dh += dy, `width` numbers of a row.
  template <class T, class Value>
  void add_output_gradient(const Run& r, int64_t s, int64_t width, T* dh) const {
    int64_t rows = r.rows(), steps = r.in()[1], t = time_of(s, steps);
    if (!return_sequences && s < steps - 1) return;
    for (int64_t n = 0; n < rows; ++n) {
      auto* from =
          static_cast<const Value*>(r.dy()) + (return_sequences ? n * steps + t : n) * width;
      for (int64_t j = 0; j < width; ++j) dh[n * width + j] += static_cast<T>(from[j]);
    }
  }
};

inline constexpr auto kReturnSequences =
    attr("return_sequences", &StepsLayer::return_sequences,
         "return the state after each step instead of the last one only");
inline constexpr auto kReverse = attr("reverse", &StepsLayer::reverse, "begin with the last step");

// Numbers of row n, of `width` each.
template <class T>
void copy_row(const void* from, void* to, int64_t n, int64_t width) {
  std::copy_n(static_cast<const T*>(from) + n * width, width, static_cast<T*>(to) + n * width);
}
template <class T>
void clear_row(void* of, int64_t n, int64_t width) {
  std::fill_n(static_cast<T*>(of) + n * width, width, T(0));
}

// The gradients of peepholes, 3 x hidden: sums over `rows` of the gates' gradients, 4 x hidden,
// times the cells that i and f, and that o have looked at.
template <class T>
void peephole_gradients(int64_t rows, int64_t hidden, const T* dgates, const T* before,
                        const T* now, T* to) {
  for (int64_t n = 0; n < rows; ++n, dgates += 4 * hidden, before += hidden, now += hidden) {
    for (int64_t j = 0; j < hidden; ++j) {
      to[j] += dgates[j] * before[j];
      to[hidden + j] += dgates[hidden + j] * before[j];
      to[2 * hidden + j] += dgates[3 * hidden + j] * now[j];
    }
  }
}

}  // namespace firesteel
