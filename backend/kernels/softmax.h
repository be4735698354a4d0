// SPDX-License-Identifier: Apache-2.0
// Softmax over rows, in place. Pointers are to f32, or f64 where the table is for that type.
#pragma once

#include <cstdint>

namespace firesteel {
struct Env;
}

namespace firesteel::kernels {

struct SoftmaxRows {
  int64_t rows = 0, width = 0;
  double scale = 1;     // of the numbers before softmax
  bool causal = false;  // of rows in groups of `width`, the i-th sees the first i + 1 numbers only
  // Not null: of each `group` rows one number, so many numbers they see at most.
  const int64_t* lengths = nullptr;
  int64_t group = 1;
};

struct Softmax {
  void (*forward)(const SoftmaxRows& rows, void* x);
  // diff: d loss / d y before, d loss / d x after.
  void (*backward)(const SoftmaxRows& rows, const void* y, void* diff);
};
const Softmax& softmax(const Env& env);

}  // namespace firesteel::kernels
