// SPDX-License-Identifier: Apache-2.0
#include "train/cell_sums.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/rng.h"
#include "tests/train/engines.h"
#include "train/dot.h"

namespace firesteel::testing {
namespace {

constexpr JointCount kCount{2, 1};

struct Numbers {
  std::vector<float> a, b;
};

std::vector<std::string> said_of(const CellSums& cells, const std::vector<Slice>& buckets,
                                 int workers, const Numbers& numbers) {
  std::vector<std::string> said(static_cast<size_t>(workers));
  for (int rank = 0; rank < workers; ++rank) {
    for (size_t b = 0; b < buckets.size(); ++b) {
      auto add = [&](Slice cell, JointSums& into) {
        const float *x = numbers.a.data() + cell.begin, *y = numbers.b.data() + cell.begin;
        into.sums[0] += dot(x, y, cell.size());
        into.sums[1] += sum_of_magnitudes(x, cell.size());
        for (int64_t i = 0; i < cell.size(); ++i) {
          into.most[0] = std::max<double>(into.most[0], std::abs(x[i]));
        }
      };
      cells.append(b, owned(buckets[b], rank, workers), kCount, add,
                   &said[static_cast<size_t>(rank)]);
    }
  }
  return said;
}

JointSums sum(const CellSums& cells, const std::vector<std::string>& said) {
  return cells.sum(std::vector<std::string_view>(said.begin(), said.end()), kCount);
}

TEST(CellSums, AreTheSameWhereverSlicesEnd) {
  for (const Model& model : {deep_net(), residual_net()}) {
    auto buckets = make_buckets(model.table);
    CellSums cells(buckets);
    Numbers numbers{std::vector<float>(model.values.size()),
                    std::vector<float>(model.values.size())};
    Rng rng(1);
    double product = 0, size = 0, largest = 0;
    for (size_t i = 0; i < numbers.a.size(); ++i) {
      float a = numbers.a[i] = rng.normal(), b = numbers.b[i] = rng.normal();
      product += double{a} * double{b};
      size += std::abs(double{a});
      largest = std::max(largest, std::abs(double{a}));
    }
    JointSums expected = sum(cells, said_of(cells, buckets, 1, numbers));
    EXPECT_NEAR(expected.sums[0], product, 1e-9 * size);
    EXPECT_NEAR(expected.sums[1], size, 1e-9 * size);
    EXPECT_EQ(expected.most[0], largest);
    for (int workers : {2, 3, 4, 7, 30}) {
      auto said = said_of(cells, buckets, workers, numbers);
      JointSums same = sum(cells, said);
      EXPECT_EQ(same.sums, expected.sums) << workers;
      EXPECT_EQ(same.most, expected.most) << workers;
      // Few nodes of the tree, however long the slice.
      for (const auto& one : said) EXPECT_LT(one.size(), buckets.size() * 2000);
    }
  }
}

TEST(CellSums, BytesThatAreNotOfTheseSlices) {
  Model model = residual_net();
  auto buckets = make_buckets(model.table);
  CellSums cells(buckets);
  Numbers numbers{model.values, model.values};
  auto said = said_of(cells, buckets, 2, numbers);
  EXPECT_NO_THROW(sum(cells, said));
  for (size_t keep : {size_t{0}, size_t{5}, said[1].size() - 1}) {
    EXPECT_THROW(sum(cells, {said[0], said[1].substr(0, keep)}), FormatError);
  }
  EXPECT_THROW(sum(cells, {said[0] + "x", said[1]}), FormatError);
}

}  // namespace
}  // namespace firesteel::testing
