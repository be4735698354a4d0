// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "core/permutation.h"
#include "core/rng.h"

namespace firesteel {
namespace {

// Known answers of the authors' Random123 distribution (philox4x32, 10 rounds).
TEST(Philox, KnownAnswers) {
  EXPECT_EQ(philox(0, 0, 0), (Philox{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox(~uint64_t{0}, ~uint64_t{0}, ~uint64_t{0}),
            (Philox{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
}

TEST(Rng, MomentsOfUniformAndNormal) {
  Rng rng(5);
  constexpr int kDraws = 100'000;
  double unit = 0, normal = 0, squares = 0;
  for (int i = 0; i < kDraws; ++i) {
    unit += rng.unit();
    double n = rng.normal();
    normal += n;
    squares += n * n;
  }
  EXPECT_NEAR(unit / kDraws, 0.5, 0.005);
  EXPECT_NEAR(normal / kDraws, 0, 0.02);
  EXPECT_NEAR(squares / kDraws, 1, 0.03);
}

TEST(Permutation, IsOneForAnySize) {
  for (int64_t n = 1; n < 300; ++n) {
    Permutation order(n, 99);
    std::set<int64_t> seen;
    for (int64_t i = 0; i < n; ++i) {
      int64_t to = order(i);
      EXPECT_GE(to, 0);
      EXPECT_LT(to, n);
      seen.insert(to);
    }
    ASSERT_EQ(static_cast<int64_t>(seen.size()), n);
  }
}

TEST(Permutation, DependsOnTheKeyAndShuffles) {
  constexpr int64_t kCount = 1000;
  Permutation a(kCount, 1), b(kCount, 2);
  int same = 0, fixed = 0, neighbours = 0;
  for (int64_t i = 0; i < kCount; ++i) {
    same += a(i) == b(i);
    fixed += a(i) == i;
    neighbours += i > 0 && std::abs(a(i) - a(i - 1)) == 1;
  }
  EXPECT_LT(same, 10);
  EXPECT_LT(fixed, 10);
  EXPECT_LT(neighbours, 15);
}

}  // namespace
}  // namespace firesteel
