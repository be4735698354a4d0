// SPDX-License-Identifier: Apache-2.0
// Warm-up, schedules that follow each other, and what scales them; tests/golden has their shapes.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/train/engines.h"
#include "train/fit.h"

namespace firesteel::testing {
namespace {

ScheduleList schedule(const std::string& json) { return ScheduleList::parse(Json::parse(json)); }

double factor(const ScheduleList& list, int64_t step, double warmup_start = 0) {
  return list.factor(
      {.step = step, .total = 100, .epoch_steps = 10, .lr = 0.5, .warmup_start = warmup_start});
}

TEST(Schedule, WarmsUp) {
  auto list =
      schedule(R"({"kind": "Constant", "warmup": 5, "warmup_epochs": 1.5, "warmup_start": 0.2})");
  EXPECT_NEAR(factor(list, 0), 0.2, 1e-7);
  EXPECT_NEAR(factor(list, 5), 0.2 + 0.8 * 0.25, 1e-7);
  EXPECT_EQ(factor(list, 20), 1);
  EXPECT_EQ(factor(list, 99), 1);
  EXPECT_NEAR(factor(list, 10, 0.5), 0.75, 1e-12);
}

TEST(Schedule, WhatTellsTheTimeCountsFromTheBeginning) {
  auto list = schedule(
      R"({"kind": "MultiStep", "milestones": [3, 6], "by_epoch": true, "warmup_epochs": 2, "warmup_start": 0})");
  EXPECT_NEAR(factor(list, 10), 0.5, 1e-12);
  EXPECT_EQ(factor(list, 29), 1);
  EXPECT_NEAR(factor(list, 30), 0.1, 1e-8);
  EXPECT_NEAR(factor(list, 60), 0.01, 1e-8);
}

TEST(Schedule, WhatStretchesCountsFromTheWarmUp) {
  auto poly = schedule(R"({"kind": "Poly", "power": 2, "warmup": 20, "warmup_start": 0})");
  EXPECT_NEAR(factor(poly, 10), 0.5, 1e-12);
  EXPECT_EQ(factor(poly, 20), 1);
  EXPECT_NEAR(factor(poly, 60), 0.25, 1e-12);
  EXPECT_NEAR(factor(poly, 100), 0, 1e-12);
  auto cosine = schedule(R"({"kind": "Cosine", "warmup": 20, "period": 2, "by_epoch": true})");
  EXPECT_NEAR(factor(cosine, 29), 1, 1e-12);
  EXPECT_NEAR(factor(cosine, 30), 0.5, 1e-12);
  EXPECT_NEAR(factor(cosine, 40), 1, 1e-12);
}

TEST(Schedule, SeveralFollowEachOther) {
  auto list = schedule(
      R"([{"kind": "Linear", "start_factor": 0, "end_factor": 1, "iterations": 5, "epochs": 1},
                           {"kind": "Constant", "epochs": 2},
                           {"kind": "Poly", "power": 1}])");
  EXPECT_TRUE(list.needs_total());
  EXPECT_EQ(factor(list, 0), 0);
  EXPECT_NEAR(factor(list, 6), 0.4, 1e-12);
  EXPECT_EQ(factor(list, 15), 1);
  EXPECT_EQ(factor(list, 34), 1);
  EXPECT_EQ(factor(list, 35), 1);
  EXPECT_NEAR(factor(list, 48), 0.8, 1e-12);
  auto again = ScheduleList::parse(list.json());
  EXPECT_EQ(again.json(), list.json());
  EXPECT_EQ(factor(again, 48), factor(list, 48));
  EXPECT_FALSE(schedule(R"({"kind": "Poly", "length": 10})").needs_total());
}

// Each sees the results of its own part.
TEST(Schedule, WatchesItsPart) {
  auto list = schedule(
      R"([{"kind": "Constant", "epochs": 2}, {"kind": "Plateau", "patience": 0, "min_lr": 0.02}])");
  EXPECT_EQ(list.watched(), "test_loss");
  std::vector<Observation> observed;
  for (double loss : {1.0, 1.0, 2.0, 3.0, double{NAN}, 1.0}) {
    observed.push_back({10 * (std::ssize(observed) + 1), {{"test_loss", loss}}});
  }
  auto at = [&](int64_t step) {
    return list.factor(
        {.step = step, .total = 100, .epoch_steps = 10, .lr = 0.5, .observed = observed});
  };
  EXPECT_EQ(at(19), 1);
  EXPECT_EQ(at(39), 1);  // the first is the best
  EXPECT_NEAR(at(40), 0.1, 1e-8);
  EXPECT_NEAR(at(50), 0.04, 1e-8);  // the least
  EXPECT_NEAR(at(99), 0.04, 1e-8);
}

TEST(Schedule, MistakesAreSentences) {
  auto refusal = [](const std::string& json) {
    try {
      schedule(json);
    } catch (const Error& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  EXPECT_EQ(refusal(R"([{"kind": "Constant"}, {"kind": "Poly"}])"),
            "schedule: all of a list but the last must have iterations or epochs");
  EXPECT_EQ(refusal(R"([{"kind": "Constant", "epochs": 1}])"),
            "schedule: all of a list but the last must have iterations or epochs");
  EXPECT_EQ(refusal("[]"), "schedule: needs at least one");
  EXPECT_EQ(refusal(R"({"kind": "Regimes", "starts": [1, 2], "factors": [1]})"),
            "Regimes.factors: must be one for each of starts, 2, got 1");
  EXPECT_EQ(refusal(R"({"kind": "Regimes", "starts": [2, 2], "factors": [1, 1]})"),
            "Regimes.starts: must grow, got [2, 2]");
  EXPECT_EQ(refusal(R"({"kind": "Plateau", "mode": "mean"})"),
            "Plateau.mode: must be one of min, max, got 'mean'");
  EXPECT_EQ(refusal(R"({"kind": "Plateau", "factor": 1})"),
            "Plateau.factor: must be > 0 and < 1, got 1");
  EXPECT_EQ(refusal(R"({"kind": "Adam", "betas": [1]})"), "no schedule 'Adam'");
}

TEST(Schedule, NeedsTheFitsLength) {
  FitSpec spec = FitSpec::parse(R"({"schedule": {"kind": "Cosine"}, "shard_rows": [10]})");
  EXPECT_THROW(spec.resolve(), AttrError);
  spec = FitSpec::parse(R"({"schedule": {"kind": "Cosine", "period": 5}, "shard_rows": [10]})");
  spec.resolve();
}

// Goyal et al.: the learning rate is of the small batch, where the warm-up begins.
TEST(Schedule, ScalesWithTheBatch) {
  auto after = [](const std::string& more, int64_t steps) {
    auto own = engine({.lanes = 1, .deep = true, .more = more}, 1);
    LocalCollective alone;
    own->run(steps, assignment_of(own->spec(), 0, 1), alone);
    return own->model().values;
  };
  auto start = deep_net().values;
  auto plain = after(R"({"optimizer": {"kind": "SGD", "lr": 0.1}})", 1);
  auto scaled = after(R"({"optimizer": {"kind": "SGD", "lr": 0.1}, "base_batch_size": 10})", 1);
  auto warmed = after(R"({"optimizer": {"kind": "SGD", "lr": 0.1}, "base_batch_size": 10,
                          "schedule": {"kind": "Constant", "warmup": 7}})",
                      1);
  for (size_t i = 0; i < start.size(); ++i) {
    ASSERT_NEAR(start[i] - scaled[i], 5 * (start[i] - plain[i]), 1e-6);
    ASSERT_NEAR(warmed[i], plain[i], 1e-7);
  }
}

}  // namespace
}  // namespace firesteel::testing
