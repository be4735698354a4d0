// SPDX-License-Identifier: Apache-2.0
// Tensors of operations, made from and compared as plain numbers.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "backend/ops.h"
#include "core/buffer.h"
#include "core/rng.h"

namespace firesteel::testing {

inline std::vector<double> random_numbers(int64_t count, uint64_t seed) {
  Rng rng(seed);
  std::vector<double> numbers(static_cast<size_t>(count));
  for (double& v : numbers) v = rng.normal();
  return numbers;
}

// A tensor in a layout of an operation, made from and read as plain numbers.
class Tensor {
 public:
  Tensor(const Env& env, const Layout& layout)
      : env_(env), layout_(layout), plain_(layout.shape(), env.dtype), data_(layout.bytes()) {}

  void set(const std::vector<double>& numbers) {
    AlignedBuffer plain(plain_.bytes());
    for (size_t i = 0; i < numbers.size(); ++i) {
      if (env_.dtype == DType::f64) {
        reinterpret_cast<double*>(plain.data())[i] = numbers[i];
      } else {
        reinterpret_cast<float*>(plain.data())[i] = static_cast<float>(numbers[i]);
      }
    }
    make_reorder(env_, plain_, layout_)->run(plain.data(), data_.data());
  }
  std::vector<double> get() const {
    AlignedBuffer plain(plain_.bytes());
    make_reorder(env_, layout_, plain_)->run(data_.data(), plain.data());
    std::vector<double> numbers(static_cast<size_t>(numel(plain_.shape())));
    for (size_t i = 0; i < numbers.size(); ++i) {
      numbers[i] = env_.dtype == DType::f64 ? reinterpret_cast<const double*>(plain.data())[i]
                                            : reinterpret_cast<const float*>(plain.data())[i];
    }
    return numbers;
  }
  void* data() { return data_.data(); }

 private:
  Env env_;
  Layout layout_, plain_;
  AlignedBuffer data_;
};

inline void expect_close(const std::vector<double>& a, const std::vector<double>& b,
                         const char* what) {
  ASSERT_EQ(a.size(), b.size());
  double largest = 1e-3;
  for (double v : b) largest = std::max(largest, std::abs(v));
  for (size_t i = 0; i < a.size(); ++i) ASSERT_NEAR(a[i], b[i], 1e-5 * largest) << what << " " << i;
}

}  // namespace firesteel::testing
