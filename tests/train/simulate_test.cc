// SPDX-License-Identifier: Apache-2.0
#include "train/simulate.h"

#include <gtest/gtest.h>

#include "nn/model_api.h"

namespace firesteel {
namespace {

// Four equal buckets: parameters needed one after the other, gradients final the other way round.
std::vector<TimedBucket> four(double bytes) {
  return {{bytes, 0, 1}, {bytes, 0.25, 0.75}, {bytes, 0.5, 0.5}, {bytes, 0.75, 0.25}};
}

ClusterConstants plain() {
  return {.compute = 3,
          .bandwidth = 1e9,
          .latency = 0,
          .per_byte = 0,
          .per_message = 0,
          .job = 0.05,
          .task = 0.001,
          .start = 0};
}

TEST(Simulate, OneWorkerHasNothingToSend) {
  auto one = simulate(four(1e9), plain(), SyncScheme::p2p, 1, 10);
  EXPECT_EQ(one.step, 3);
  EXPECT_EQ(one.sync, 0);
  EXPECT_EQ(one.schedule, 0);  // behind the first iteration of a group
  EXPECT_NEAR(simulate(four(1e9), plain(), SyncScheme::p2p, 1, 1).schedule, 0.051, 1e-9);
}

TEST(Simulate, WhatTheFirstIterationDoesNotHideOfAGroupIsShared) {
  ClusterConstants c = plain();
  c.compute = 0.03;
  EXPECT_NEAR(simulate(four(1e5), c, SyncScheme::p2p, 1, 10).schedule, 0.0021, 1e-9);
}

TEST(Simulate, WhatFitsBehindComputingCostsOnlyTheFirstBucket) {
  // Half of 0.4 GB each way in 0.2 s: the last bucket's reduce_scatter and the first all_gather wait.
  auto two = simulate(four(1e8), plain(), SyncScheme::p2p, 2, 10);
  EXPECT_NEAR(two.sync, 0.05 + 0.05, 1e-6);
}

TEST(Simulate, ASlowNetworkCostsWhatDoesNotFit) {
  // Twenty times as much: 4 s each way, behind at most 2 s of backward and 1 s of forward.
  auto two = simulate(four(2e9), plain(), SyncScheme::p2p, 2, 10);
  EXPECT_GT(two.sync, 4 + 4 - 3);
  EXPECT_LT(two.sync, 8);
}

TEST(Simulate, MoreWorkersAreSlowerAndTheDriverIsTheWorst) {
  auto buckets = four(7e6);
  ClusterConstants c = plain();
  c.jitter = 0.01;
  double before = 0;
  for (int workers : {1, 2, 8, 64, 1000}) {
    auto direct = simulate(buckets, c, SyncScheme::p2p, workers, 10);
    EXPECT_GE(direct.step, before);
    before = direct.step;
    if (workers == 1) continue;
    auto blocks = simulate(buckets, c, SyncScheme::blockmanager, workers, 10);
    auto driver = simulate(buckets, c, SyncScheme::driver, workers, 10);
    EXPECT_LT(direct.sync, blocks.sync);
    EXPECT_LT(blocks.sync, driver.sync);
    EXPECT_LT(10 * direct.schedule, blocks.schedule);
  }
}

TEST(Simulate, FindsTheConstantsThatItWasMadeWith) {
  auto buckets = four(7e6);
  ClusterConstants truth = plain();
  truth.per_byte = 3e-9;
  truth.per_message = 2e-4;
  truth.compute = 1.7;
  truth.job = 0.08;
  truth.start = 0.01;
  std::vector<MeasuredIteration> measured;
  for (auto scheme : {SyncScheme::p2p, SyncScheme::blockmanager, SyncScheme::driver}) {
    for (int workers : {1, 2, 4}) {
      measured.push_back({scheme, workers, 5, 0, simulate(buckets, truth, scheme, workers, 5)});
    }
  }
  ClusterConstants start = plain();
  start.per_byte = 1e-10;
  start.per_message = 1e-5;
  ClusterConstants found = fit_constants(buckets, start, measured);
  for (auto scheme : {SyncScheme::p2p, SyncScheme::blockmanager, SyncScheme::driver}) {
    for (int workers : {8, 16}) {
      auto expected = simulate(buckets, truth, scheme, workers, 5);
      auto got = simulate(buckets, found, scheme, workers, 5);
      EXPECT_NEAR(got.step / expected.step, 1, 0.05);
      EXPECT_NEAR(got.schedule, expected.schedule, 0.1 * expected.schedule);
    }
  }
}

TEST(TimedBuckets, FollowTheModel) {
  Model model = Model::make(graph_from_json(named_graph("vgg16"), "vgg16"), 1);
  auto buckets = timed_buckets(model);
  ASSERT_GT(buckets.size(), 5u);
  double bytes = 0;
  for (size_t b = 0; b < buckets.size(); ++b) {
    bytes += buckets[b].bytes;
    if (b == 0) continue;
    EXPECT_GE(buckets[b].read, buckets[b - 1].read);
    EXPECT_LE(buckets[b].final, buckets[b - 1].final);
  }
  EXPECT_EQ(bytes, static_cast<double>(model.table.total()) * 4);
  EXPECT_EQ(buckets.front().read, 0);
  EXPECT_NEAR(buckets.front().final, 1, 1e-9);
  // Most parameters are of the last layers, which compute little.
  EXPECT_GT(buckets.back().read, 0.9);
}

}  // namespace
}  // namespace firesteel
