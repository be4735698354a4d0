// SPDX-License-Identifier: Apache-2.0
#include "train/squares.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "core/rng.h"

namespace firesteel {
namespace {

TEST(Squares, AreTheSameWhereverSlicesEnd) {
  constexpr int64_t kCount = 100'000, kTrainable = 95'000;
  std::vector<float> gradients;
  Rng rng(1);
  double sum = 0;
  for (int64_t i = 0; i < kCount; ++i) {
    gradients.push_back(rng.normal());
    if (i < kTrainable) sum += double{gradients.back()} * double{gradients.back()};
  }
  std::vector<double> expected;
  append_squares({0, kCount}, {0, kCount}, kTrainable, gradients.data(), &expected);
  EXPECT_EQ(expected.size(), 93u);
  EXPECT_NEAR(std::accumulate(expected.begin(), expected.end(), 0.0), sum, 1e-9 * sum);
  for (int workers : {2, 3, 7, 30}) {
    std::vector<double> squares;
    for (int rank = 0; rank < workers; ++rank) {
      Slice part = slice_of(kCount, rank, workers);
      append_squares({0, kCount}, part, kTrainable, gradients.data() + part.begin, &squares);
    }
    EXPECT_EQ(squares, expected) << workers;
  }
}

TEST(Squares, ClipAsPyTorchDoes) {
  EXPECT_DOUBLE_EQ(clipping_factor({9, 16}, 1, 1), 1 / (5 + 1e-6));
  EXPECT_DOUBLE_EQ(clipping_factor({9, 16}, 0.1, 1), 1);
  EXPECT_DOUBLE_EQ(clipping_factor({9, 16}, 0.5, 2), 2 / (2.5 + 1e-6));
  EXPECT_DOUBLE_EQ(clipping_factor({}, 1, 1), 1);
}

}  // namespace
}  // namespace firesteel
