// SPDX-License-Identifier: Apache-2.0
#include "train/bucket_sums.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

#include "core/rng.h"
#include "nn/model.h"
#include "nn/model_api.h"
#include "train/buckets.h"

namespace firesteel {
namespace {

constexpr int64_t kCount = 100;
const std::vector<Slice> kBuckets = {{0, 16}, {16, 64}, {64, 100}};

// Leaves of a tree, each with a flat buffer; those in `empty` have none.
struct Leaves {
  explicit Leaves(int count, std::vector<int> empty = {}) : values(static_cast<size_t>(count)) {
    for (int i = 0; i < count; ++i) {
      Rng rng(static_cast<uint64_t>(i) + 1);
      auto& own = values[static_cast<size_t>(i)];
      for (int64_t k = 0; k < kCount; ++k) own.push_back(rng.normal());
      bool none = std::ranges::find(empty, i) != empty.end();
      nodes.push_back({0, i, none ? nullptr : own.data(), {none ? 0.0 : rng.normal()}});
    }
    sum.resize(kCount);
    tree_sum(nodes, kCount, sum.data());
  }
  std::vector<std::vector<float>> values;
  std::vector<Partial> nodes;
  std::vector<float> sum;  // of all, in the tree's order
};

std::vector<float> root_sum(const BucketSums& sums) {
  std::vector<float> sum(kCount);
  tree_sum(sums.roots(), kCount, sum.data());
  return sum;
}

TEST(BucketSums, AddsUpInTheOrderOfTheTree) {
  for (int leaves : {1, 2, 3, 7, 8}) {
    Leaves all(leaves);
    auto scalars = tree_sum_scalars(all.nodes);
    BucketSums sums(kBuckets);
    std::atomic<int> final{0};
    sums.begin(leaves, [&](size_t) { ++final; });
    std::vector<std::thread> threads;
    for (int t = 0; t < leaves; ++t) {
      threads.emplace_back([&, t] {
        sums.hold(t, std::span(&all.nodes[static_cast<size_t>(t)], 1));
        for (size_t b = kBuckets.size(); b-- > 0;) sums.finish(t, b);
      });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(final, 3);
    EXPECT_EQ(root_sum(sums), all.sum) << leaves;
    EXPECT_EQ(tree_sum_scalars(sums.roots()), scalars);
    EXPECT_EQ(sums.sum() != nullptr, (leaves & (leaves - 1)) == 0);
  }
}

TEST(BucketSums, ABucketIsFinalWhenTheLastThreadIsThere) {
  Leaves all(2);
  BucketSums sums(kBuckets);
  std::vector<size_t> final;
  sums.begin(2, [&](size_t bucket) { final.push_back(bucket); });
  sums.hold(0, std::span(&all.nodes[0], 1));
  sums.finish(0, 2);
  sums.finish(0, 1);
  EXPECT_TRUE(final.empty());
  sums.hold(1, std::span(&all.nodes[1], 1));
  EXPECT_TRUE(final.empty());
  sums.finish(1, 2);
  EXPECT_EQ(final, (std::vector<size_t>{2}));
  float before = all.values[0][0];
  sums.finish(1);
  EXPECT_EQ(final, (std::vector<size_t>{2, 1}));  // thread 0 has not reported bucket 0
  EXPECT_EQ(all.values[0][0], before);
  sums.finish(0);
  EXPECT_EQ(final, (std::vector<size_t>{2, 1, 0}));
  EXPECT_EQ(root_sum(sums), all.sum);
}

TEST(BucketSums, LeavesWithoutRowsAddNothing) {
  for (std::vector<int> empty : {std::vector{0}, {1, 2}, {0, 1}, {0, 1, 2, 3}}) {
    Leaves all(4, empty);
    BucketSums sums(kBuckets);
    sums.begin(2, [](size_t) {});
    sums.hold(1, std::span(all.nodes).subspan(2));
    sums.finish(1);
    sums.hold(0, std::span(all.nodes).first(2));
    sums.finish(0);
    EXPECT_EQ(root_sum(sums), all.sum);
  }
}

TEST(Buckets, CoverTheFlatBufferAndBeginSmall) {
  for (const char* name : {"lenet5", "resnet20", "inception_v1", "vgg16"}) {
    Model model = Model::make(graph_from_json(named_graph(name), name), 1);
    auto buckets = make_buckets(model.table);
    int64_t at = 0;
    for (Slice bucket : buckets) {
      EXPECT_EQ(bucket.begin, at) << name;
      EXPECT_GT(bucket.size(), 0);
      at = bucket.end;
    }
    EXPECT_EQ(at, model.table.total());
    auto order = backward_order(buckets, model.table);
    EXPECT_EQ(std::set(order.begin(), order.end()).size(), buckets.size());
    bool state = model.table.total() > model.table.trainable();
    EXPECT_EQ(order.back(), state ? buckets.size() - 1 : 0);
    if (buckets.size() > 3) {
      EXPECT_LT(buckets[0].size(), buckets[2].size()) << name;
    }
  }
}

}  // namespace
}  // namespace firesteel
