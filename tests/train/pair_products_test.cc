// SPDX-License-Identifier: Apache-2.0
#include "train/optimizers/pair_products.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "core/rng.h"

namespace firesteel::testing {
namespace {

using Vector = std::vector<double>;
struct Pair {
  Vector s, y;
};

double product(const Vector& a, const Vector& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

Vector random(size_t count, Rng& rng) {
  Vector numbers(count);
  for (double& number : numbers) number = rng.normal();
  return numbers;
}

// -H g with the matrix itself: equation 6.17 of Nocedal & Wright, pair after pair, oldest first.
Vector by_matrix(const std::vector<Pair>& pairs, const Vector& g) {
  size_t n = g.size();
  const Pair& newest = pairs.back();
  double scale = product(newest.s, newest.y) / product(newest.y, newest.y);
  std::vector<Vector> h(n, Vector(n));
  for (size_t i = 0; i < n; ++i) h[i][i] = scale;
  for (const auto& [s, y] : pairs) {
    double rho = 1 / product(s, y);
    auto left = h, right = h;
    for (size_t i = 0; i < n; ++i) {
      for (size_t j = 0; j < n; ++j) {
        double sum = 0;  // of (I - rho s y') H
        for (size_t k = 0; k < n; ++k) sum += y[k] * h[k][j];
        left[i][j] = h[i][j] - rho * s[i] * sum;
      }
    }
    for (size_t i = 0; i < n; ++i) {
      double sum = product(left[i], y);
      for (size_t j = 0; j < n; ++j)
        right[i][j] = left[i][j] - rho * sum * s[j] + rho * s[i] * s[j];
    }
    h = right;
  }
  Vector d(n);
  for (size_t i = 0; i < n; ++i) d[i] = -product(h[i], g);
  return d;
}

TEST(PairProducts, MakeTheDirectionOfTheMatrix) {
  constexpr size_t kLong = 12, kMost = 4;
  Rng rng(7);
  Vector kept(PairProducts::doubles(kMost));
  PairProducts products(kept, kMost);
  std::vector<Pair> places, newest;
  for (int turn = 0; turn < 11; ++turn) {
    Pair pair{random(kLong, rng), random(kLong, rng)};
    // As of a function that curves upwards.
    for (size_t i = 0; i < kLong; ++i) pair.y[i] = 0.3 * pair.y[i] + pair.s[i];
    ASSERT_GT(product(pair.s, pair.y), 0);
    std::vector<CrossProducts> others;
    for (const Pair& old : places) {
      others.push_back({product(old.s, pair.y), product(old.y, pair.y), product(pair.s, old.y)});
    }
    size_t place = products.add(product(pair.s, pair.y), product(pair.y, pair.y), others);
    places.resize(std::max(places.size(), place + 1));
    places[place] = pair;
    newest.push_back(pair);
    if (newest.size() > kMost) newest.erase(newest.begin());
    ASSERT_EQ(products.count(), newest.size());

    Vector g = random(kLong, rng), sg, yg, of_s(kMost), of_y(kMost);
    for (const Pair& one : places) {
      sg.push_back(product(one.s, g));
      yg.push_back(product(one.y, g));
    }
    Coefficients to{0, of_s, of_y};
    double slope = products.direction(product(g, g), sg, yg, &to);
    Vector expected = by_matrix(newest, g);
    EXPECT_NEAR(slope, product(expected, g), 1e-9 * std::abs(slope));
    for (size_t i = 0; i < kLong; ++i) {
      double own = to.g * g[i];
      for (size_t p = 0; p < places.size(); ++p) {
        own += of_s[p] * places[p].s[i] + of_y[p] * places[p].y[i];
      }
      ASSERT_NEAR(own, expected[i], 1e-9 * std::sqrt(product(expected, expected)))
          << turn << " " << i;
    }
  }
}

TEST(PairProducts, WithoutPairsItIsTheSteepestDescent) {
  Vector kept(PairProducts::doubles(3)), of_s(3, 5.0), of_y(3, 5.0);
  Coefficients to{0, of_s, of_y};
  EXPECT_EQ(PairProducts(kept, 3).direction(4, {}, {}, &to), -4);
  EXPECT_EQ(to.g, -1);
  EXPECT_EQ(of_s, Vector(3));
  EXPECT_EQ(of_y, Vector(3));
}

}  // namespace
}  // namespace firesteel::testing
