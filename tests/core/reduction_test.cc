// SPDX-License-Identifier: Apache-2.0
#include "core/reduction.h"

#include <gtest/gtest.h>

#include "core/rng.h"

namespace firesteel {
namespace {

constexpr int64_t kCount = 3001;

std::vector<float> leaf_values(int64_t leaf) {
  Rng rng(static_cast<uint64_t>(leaf) + 1);
  std::vector<float> values(kCount);
  for (float& v : values) v = rng.normal();
  return values;
}

// Leaves [begin, end) through an accumulator; every fifth leaf is empty.
void add_leaves(TreeAccumulator& sums, int64_t begin, int64_t end) {
  for (int64_t leaf = begin; leaf < end; ++leaf) {
    bool empty = leaf % 5 == 3;
    if (!empty) {
      auto values = leaf_values(leaf);
      std::copy(values.begin(), values.end(), sums.next_buffer());
    }
    sums.add_leaf(leaf, {static_cast<double>(leaf), empty ? 0.0 : 1.0}, !empty);
  }
}

std::vector<float> sum_over_parts(int64_t leaves, const std::vector<int64_t>& cuts) {
  std::vector<std::unique_ptr<TreeAccumulator>> parts;
  std::vector<Partial> nodes;
  auto pool = std::make_shared<BufferPool>(kCount);
  for (size_t i = 0; i + 1 < cuts.size(); ++i) {
    parts.push_back(std::make_unique<TreeAccumulator>(pool));
    add_leaves(*parts.back(), cuts[i], cuts[i + 1]);
    for (const Partial& node : parts.back()->nodes()) nodes.push_back(node);
  }
  std::reverse(nodes.begin(), nodes.end());  // the order of arrival must not matter
  std::vector<float> out(kCount);
  tree_sum(nodes, kCount, out.data());
  EXPECT_EQ(tree_sum_scalars(nodes)[0], static_cast<double>(leaves * (leaves - 1) / 2));
  return out;
}

TEST(Reduction, BitsDoNotDependOnWhoSummedWhat) {
  for (int64_t leaves : {1, 2, 7, 8, 13, 16}) {
    auto whole = sum_over_parts(leaves, {0, leaves});
    for (int64_t a = 0; a <= leaves; ++a) {
      for (int64_t b = a; b <= leaves; ++b) {
        EXPECT_EQ(sum_over_parts(leaves, {0, a, b, leaves}), whole) << leaves << a << b;
      }
    }
  }
}

// Sums of the parts that a worker has are nodes of the same tree.
TEST(Reduction, SubtreesAreTheLargestNodesThatAreComplete) {
  std::vector<Partial> nodes = {{1, 3, nullptr, {}}, {0, 5, nullptr, {}}, {1, 1, nullptr, {}},
                                {0, 4, nullptr, {}}, {0, 9, nullptr, {}}, {1, 5, nullptr, {}}};
  auto found = subtrees(nodes);
  ASSERT_EQ(found.size(), 4u);
  auto expect = [&](size_t i, int level, int64_t index, const std::vector<size_t>& members) {
    EXPECT_EQ(found[i].level, level) << i;
    EXPECT_EQ(found[i].index, index) << i;
    EXPECT_EQ(found[i].members, members) << i;
  };
  expect(0, 1, 1, {2});
  expect(1, 2, 1, {3, 1, 0});
  expect(2, 0, 9, {4});
  expect(3, 1, 5, {5});
  EXPECT_TRUE(subtrees({}).empty());
}

TEST(Reduction, OrderOfSummationIsTheTree) {
  // (1e8 + 1) + (-1e8 + 1): the ones are lost; a sum from left to right would keep the last.
  std::vector<float> values = {1e8f, 1.f, -1e8f, 1.f};
  std::vector<Partial> nodes;
  for (int64_t i = 0; i < 4; ++i) nodes.push_back({0, i, &values[static_cast<size_t>(i)], {}});
  float out = -1;
  tree_sum(nodes, 1, &out);
  EXPECT_EQ(out, (values[0] + values[1]) + (values[2] + values[3]));
  EXPECT_NE(out, ((values[0] + values[1]) + values[2]) + values[3]);
}

TEST(Reduction, NoDataGivesZeros) {
  std::vector<Partial> nodes = {{0, 3, nullptr, {}}};
  std::vector<float> out = {5, 5};
  tree_sum(nodes, 2, out.data());
  EXPECT_EQ(out, (std::vector<float>{0, 0}));
}

TEST(Reduction, BuffersAreUsedAgain) {
  auto pool = std::make_shared<BufferPool>(4);
  TreeAccumulator sums(pool);
  std::vector<const float*> seen;
  for (int round = 0; round < 3; ++round) {
    sums.clear();
    for (int64_t leaf = 0; leaf < 8; ++leaf) {
      seen.push_back(sums.next_buffer());
      sums.add_leaf(leaf, {});
    }
  }
  std::sort(seen.begin(), seen.end());
  seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
  EXPECT_LE(seen.size(), 4u);  // log2(8) + 1
}

}  // namespace
}  // namespace firesteel
