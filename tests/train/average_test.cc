// SPDX-License-Identifier: Apache-2.0
// The running mean of parameters, and batches that are summed up before an update.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/relative_distance.h"
#include "tests/train/fits.h"

namespace firesteel::testing {
namespace {

TEST(Average, FollowsParametersAndStatistics) {
  auto own = engine({.reproducible = true, .more = R"({"ema_decay": 0.9})"}, 1);
  auto plain = engine({.reproducible = true}, 1);
  LocalCollective alone;
  Assignment all = assignment_of(own->spec(), 0, 7);
  std::vector<double> mean(own->model().values.begin(), own->model().values.end());
  EXPECT_EQ(own->fitted().values, own->model().values);
  for (int step = 0; step < 30; ++step) {
    own->run(1, all, alone);
    plain->run(1, all, alone);
    double decay = std::min(0.9, (1.0 + step) / (10.0 + step));
    for (size_t i = 0; i < mean.size(); ++i) {
      mean[i] = decay * mean[i] + (1 - decay) * own->model().values[i];
    }
  }
  EXPECT_EQ(own->model().values, plain->model().values);  // training does not notice
  auto fitted = own->fitted().values;
  EXPECT_NE(fitted, own->model().values);
  for (size_t i = 0; i < mean.size(); ++i) ASSERT_NEAR(fitted[i], mean[i], 1e-6) << i;
}

// A part of it is on each worker; they come and go.
TEST(Average, IsTheSameOnAnyWorkers) {
  for (const char* optimizer :
       {R"({"kind": "SGD", "lr": 0.05})", R"({"kind": "LAMB", "lr": 0.01})"}) {
    Kind kind{.reproducible = true, .deep = true};
    kind.more = cat(R"({"ema_decay": 0.9, "optimizer": )", optimizer, "}");
    auto alone = engine(kind, 1);
    LocalCollective nobody;
    alone->run(9, assignment_of(alone->spec(), 0, 7), nobody);
    std::vector<std::unique_ptr<Engine>> own;
    for (int w = 0; w < 5; ++w) own.push_back(engine(kind, 1));
    auto group = [&](int64_t first, int64_t steps) {
      on_one_mesh(own.size(), [&](size_t w, Collective& peers) {
        bool found = false;
        settle(*own[w], first, peers, &found).throw_if_failed();
        ASSERT_TRUE(found);
        auto part = assign_lanes(own[w]->spec(), static_cast<int>(own.size()))[w];
        own[w]->run(steps, part, peers).result.throw_if_failed();
        if (own.size() > 3) {
          EXPECT_THROW(own[w]->fitted(), SystemError);
        }
        own[w]->collect(0, peers).throw_if_failed();
      });
      return own[0]->fitted().values;
    };
    group(0, 3);
    own.erase(own.begin() + 1, own.begin() + 3);
    own.insert(own.begin(), engine(kind, 1));
    group(3, 4);
    own.resize(2);
    EXPECT_EQ(group(7, 2), alone->fitted().values);
    EXPECT_EQ(own[0]->checkpoint(), alone->checkpoint());
    auto restored = engine(kind, 1);
    restored->restore(own[0]->checkpoint(), "test");
    EXPECT_EQ(restored->fitted().values, alone->fitted().values);
  }
}

TEST(Average, OfStatisticsComesOutOfACheckpoint) {
  Kind kind{.reproducible = true, .more = R"({"ema_decay": 0.9})"};
  auto own = engine(kind, 1), restored = engine(kind, 1);
  LocalCollective alone;
  own->run(5, assignment_of(own->spec(), 0, 7), alone);
  restored->restore(own->checkpoint(), "test");
  EXPECT_EQ(restored->fitted().values, own->fitted().values);
  EXPECT_THROW(engine({.reproducible = true}, 1)->restore(own->checkpoint(), "test"), FormatError);
}

TEST(Average, NotWithLocalSteps) {
  EXPECT_THROW(FitSpec::parse(R"({"ema_decay": 0.9, "local_steps": 4})"), AttrError);
  EXPECT_THROW(FitSpec::parse(R"({"ema_decay": 1})"), AttrError);
}

TEST(Accumulate, IsABatchSoManyTimesAsLarge) {
  Kind whole{.batch = 60, .deep = true},
      parts{.batch = 20, .deep = true, .more = R"({"accumulate": 3})"};
  auto expected = fit(1, 1, whole)[0];
  for (int workers : {1, 3}) {
    for (int threads : {1, 2}) {
      EXPECT_LT(relative_distance(fit(workers, threads, parts)[0], expected), 1e-4)
          << workers << threads;
    }
  }
  // Lanes are the spec's.
  whole.reproducible = parts.reproducible = true;
  EXPECT_EQ(fit(2, 1, parts)[0], fit(1, 1, whole)[0]);
}

TEST(Accumulate, KeepsTheSizeOfMicroBatches) {
  FitSpec spec = FitSpec::parse(R"({"batch_size": 128, "accumulate": 4})");
  EXPECT_EQ(spec.default_shards(), 32);
  spec.shard_rows.assign(100, 10);
  spec.epochs = 3;
  spec.resolve();
  EXPECT_EQ(spec.micro_batches, 32);
  EXPECT_EQ(spec.steps_per_epoch(), 2);
  EXPECT_EQ(spec.iterations, 6);
}

}  // namespace
}  // namespace firesteel::testing
