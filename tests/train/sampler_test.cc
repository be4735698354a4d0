// SPDX-License-Identifier: Apache-2.0
// Invariant 1: which samples form a step is a function of (seed, step), and in an epoch every
// sample appears exactly once, whatever the batch, the shards and the number of workers.
#include "train/sampler.h"

#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <set>

#include "core/error.h"
#include "core/rng.h"
#include "train/shards.h"
#include "train/spec.h"

namespace firesteel {
namespace {

using Key = std::pair<int, int64_t>;

FitSpec spec_of(const std::vector<int64_t>& shards, int64_t batch, int64_t lanes) {
  FitSpec spec = FitSpec::parse("{}");
  spec.shard_rows = shards;
  spec.batch_size = batch;
  spec.micro_batches = lanes;
  spec.iterations = 1;
  spec.resolve();
  return spec;
}

// One epoch as `workers` workers see it: each its own samples, step by step.
void expect_one_pass(const FitSpec& spec, int workers, int64_t epoch) {
  std::multiset<Key> seen;
  std::map<int64_t, int64_t> rows_of_step;
  for (const Assignment& part : assign_lanes(spec, workers)) {
    Sampler sampler(spec.shard_rows, spec.batch_size, spec.seed);
    for (int64_t s = 0; s < sampler.steps_per_epoch(); ++s) {
      for (const SampleRef& sample : sampler.step(epoch * sampler.steps_per_epoch() + s)) {
        int lane = spec.lane_of(sample.shard);
        bool own = lane >= part.lane_begin && lane < part.lane_end;
        EXPECT_EQ(own, sample.shard >= part.shard_begin && sample.shard < part.shard_end);
        if (!own) continue;
        seen.insert({sample.shard, sample.row});
        ++rows_of_step[s];
      }
    }
  }
  ASSERT_EQ(static_cast<int64_t>(seen.size()), spec.rows());
  EXPECT_EQ(std::set<Key>(seen.begin(), seen.end()).size(), seen.size());
  for (const Key& key : seen) {
    ASSERT_LT(key.second, spec.shard_rows[static_cast<size_t>(key.first)]);
  }
  for (auto [step, rows] : rows_of_step) {
    if (step + 1 < spec.steps_per_epoch()) {
      EXPECT_EQ(rows, std::min(spec.batch_size, spec.rows()));
    }
  }
}

TEST(Sampler, EverySampleOnceAnEpoch) {
  Rng rng(2026);
  for (int trial = 0; trial < 300; ++trial) {
    std::vector<int64_t> shards(1 + rng.below(12));
    int64_t rows = 0;
    for (int64_t& n : shards) rows += n = static_cast<int64_t>(rng.below(3) ? rng.below(60) : 0);
    if (rows == 0) continue;
    auto batch = static_cast<int64_t>(1 + rng.below(rng.below(2) ? 5 : 100));
    auto lanes = static_cast<int64_t>(rng.below(9));
    for (int workers : {1, 2, 3, 7}) {
      SCOPED_TRACE(cat("rows ", rows, " shards ", shards, " batch ", batch, " workers ", workers));
      expect_one_pass(spec_of(shards, batch, lanes), workers, trial % 3);
    }
  }
}

TEST(Sampler, BatchSmallerThanWorkers) {
  for (int64_t batch : {1, 2, 3}) expect_one_pass(spec_of({5, 1, 4}, batch, 0), 7, 0);
}

TEST(Sampler, StepsDoNotDependOnTheWayThere) {
  Sampler forward({17, 3, 40}, 8, 9), jumping({17, 3, 40}, 8, 9);
  std::vector<std::vector<SampleRef>> steps;
  for (int64_t s = 0; s < 30; ++s) steps.push_back(forward.step(s));
  for (int64_t s : {29, 0, 13, 12, 7, 28}) {
    auto again = jumping.step(s);
    const auto& expected = steps[static_cast<size_t>(s)];
    ASSERT_EQ(again.size(), expected.size());
    for (size_t i = 0; i < again.size(); ++i) {
      EXPECT_EQ(again[i].shard, expected[i].shard);
      EXPECT_EQ(again[i].row, expected[i].row);
    }
  }
}

// Shards get samples in proportion to their weights, to the row; a worker finds its own rows from what is drawn.
TEST(Sampler, DrawsByWeight) {
  constexpr int64_t kRows = 1000;
  Sampler sampler({600, 0, 400}, 100, 5, {1, 0, 3});
  EXPECT_TRUE(sampler.weighted());
  std::vector<int64_t> of_shard(3);
  std::vector<SampleRef> all;
  for (int64_t step = 0; step < sampler.steps_per_epoch(); ++step) {
    for (const SampleRef& sample : sampler.step(step)) {
      ++of_shard[static_cast<size_t>(sample.shard)];
      all.push_back(sample);
    }
  }
  EXPECT_EQ(of_shard, (std::vector<int64_t>{250, 0, 750}));
  std::vector<float> x(kRows), y(kRows), weights(kRows, 0.f);
  weights[10] = 1, weights[20] = 3, weights[399] = 4;
  Shards shards;
  shards.add(2, pack_block({.rows = 400,
                            .x_dtype = DType::f32,
                            .y_dtype = DType::f32,
                            .x_shape = {1},
                            .y_shape = {},
                            .x = reinterpret_cast<const uint8_t*>(x.data()),
                            .y = reinterpret_cast<const uint8_t*>(y.data()),
                            .weights = reinterpret_cast<const uint8_t*>(weights.data())}));
  std::map<int64_t, int> drawn;
  for (const SampleRef& sample : all) {
    if (sample.shard == 2) ++drawn[shards.drawn(sample).row];
  }
  ASSERT_EQ(drawn.size(), 3u);
  EXPECT_NEAR(drawn[10], 750 / 8.0, 25);
  EXPECT_NEAR(drawn[20], 750 * 3 / 8.0, 45);
  EXPECT_NEAR(drawn[399], 750 / 2.0, 50);
  EXPECT_EQ(shards.drawn({2, std::numeric_limits<int64_t>::max()}).row, 399);
  EXPECT_EQ(shards.drawn({2, 0}).row, 10);
  EXPECT_THROW(Sampler({1, 1}, 1, 1, {0, 0}), AttrError);
  EXPECT_THROW(Sampler({1, 1}, 1, 1, {1}), AttrError);
}

TEST(Sampler, EpochsAndSeedsDiffer) {
  auto first = [](uint64_t seed, int64_t epoch) {
    Sampler sampler({100}, 100, seed);
    std::vector<int64_t> rows;
    for (const SampleRef& s : sampler.step(epoch)) rows.push_back(s.row);
    return rows;
  };
  EXPECT_NE(first(1, 0), first(1, 1));
  EXPECT_NE(first(1, 0), first(2, 0));
  EXPECT_EQ(first(1, 0), first(1, 0));
}

TEST(Sampler, EveryStepTakesFromEveryShardInProportion) {
  Sampler sampler({300, 600, 100}, 100, 1);
  for (int64_t s = 0; s < 10; ++s) {
    std::map<int, int> taken;
    for (const SampleRef& sample : sampler.step(s)) ++taken[sample.shard];
    EXPECT_NEAR(taken[0], 30, 1);
    EXPECT_NEAR(taken[1], 60, 1);
    EXPECT_NEAR(taken[2], 10, 1);
  }
}

TEST(Assignment, CoversLanesAndBalancesRows) {
  FitSpec spec = spec_of(std::vector<int64_t>(16, 100), 128, 8);
  for (int workers : {1, 2, 3, 5, 8, 20}) {
    auto parts = assign_lanes(spec, workers);
    ASSERT_EQ(parts.size(), static_cast<size_t>(workers));
    int lane = 0, shard = 0;
    for (const Assignment& part : parts) {
      EXPECT_EQ(part.lane_begin, lane);
      EXPECT_EQ(part.shard_begin, shard);
      lane = part.lane_end;
      shard = part.shard_end;
      EXPECT_LE(part.lane_end - part.lane_begin, (8 + workers - 1) / workers);
    }
    EXPECT_EQ(lane, 8);
    EXPECT_EQ(shard, 16);
  }
}

}  // namespace
}  // namespace firesteel
