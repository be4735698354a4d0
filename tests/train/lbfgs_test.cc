// SPDX-License-Identifier: Apache-2.0
// L-BFGS in fits: line searches whose points are the same on any workers, and what they end with.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/relative_distance.h"
#include "tests/train/fits.h"

namespace firesteel::testing {
namespace {

// All rows in each iteration. First trials are short, so that lines take several.
Kind lbfgs(const std::string& attrs = R"("lr": 0.05)", const std::string& more = "") {
  return {.reproducible = true,
          .batch = 190,
          .deep = true,
          .more = cat(R"({"optimizer": {"kind": "LBFGS", )", attrs, "}", more, "}")};
}

Assignment all_lanes(const Engine& own) { return assignment_of(own.spec(), 0, 7); }

TEST(Lbfgs, SameBitsForAnyWorkersAndThreads) {
  Kind kind = lbfgs();
  auto expected = fit(1, 1, kind)[0];
  EXPECT_EQ(fit(1, 2, kind)[0], expected);
  for (int workers : {2, 3, 4, 7}) {
    for (const auto& values : fit(workers, 2, kind)) ASSERT_EQ(values, expected) << workers;
  }
}

TEST(Lbfgs, SameBitsWithOtherAttributes) {
  for (const Kind& kind : {lbfgs(R"("history_size": 3, "weight_decay": 0.01)"),
                           lbfgs(R"("line_search": "none", "lr": 0.1)")}) {
    auto expected = fit(1, 1, kind)[0];
    for (const auto& values : fit(3, 2, kind)) EXPECT_EQ(values, expected) << kind.more;
  }
}

// Running statistics, dropout and rows that are sparse.
TEST(Lbfgs, SameBitsWithOtherModels) {
  for (bool words : {false, true}) {
    Kind kind = lbfgs();
    kind.deep = false;
    kind.words = words;
    auto expected = fit(1, 1, kind)[0];
    for (const auto& values : fit(3, 2, kind)) EXPECT_EQ(values, expected) << words;
  }
}

TEST(Lbfgs, SameBitsWhereNumbersAreCarried) {
  Kind kind = lbfgs();
  auto expected = fit(1, 1, kind)[0];
  for (bool driver : {false, true}) EXPECT_EQ(carried_fit(3, driver, kind), expected) << driver;
}

TEST(Lbfgs, GoesOnInTheMiddleOfALineSearch) {
  LocalCollective alone;
  auto whole = engine(lbfgs(), 1), first = engine(lbfgs(), 1);
  whole->run(16, all_lanes(*whole), alone);
  std::string expected = whole->checkpoint();
  for (int step = 1; step < 15; ++step) {
    first->run(1, all_lanes(*first), alone);
    auto second = engine(lbfgs(), 1);
    second->restore(first->checkpoint(), "test");
    second->run(16 - step, all_lanes(*second), alone);
    ASSERT_TRUE(second->checkpoint() == expected) << step;  // too long to be shown
  }
  auto other = engine(lbfgs(R"("history_size": 9)"), 1);
  EXPECT_THROW(other->restore(expected, "test"), FormatError);
}

// What a fit hands over is the best that it has seen, to the bit, while it tries others.
TEST(Lbfgs, FittedIsTheBestPoint) {
  LocalCollective alone;
  int worse = 0;
  for (const char* attrs : {R"("lr": 0.05)", R"("lr": 20, "c2": 0.1)"}) {
    auto own = engine(lbfgs(attrs), 2);
    std::vector<float> best;
    double least = INFINITY;
    for (int step = 0; step < 25; ++step) {
      auto values = own->model().values;
      double loss = own->run(1, all_lanes(*own), alone).loss;
      if (loss < least) {
        least = loss;
        best = values;
      } else {
        ++worse;
      }
      ASSERT_EQ(own->fitted().values, best) << attrs << ", " << step;
    }
    EXPECT_LT(least, 0.2) << attrs;
  }
  EXPECT_GT(worse, 0);  // trials that it left again
}

// Of a net with dropout, whose parameters stay as they have converged at once.
TEST(Lbfgs, DropoutIsTheSameInAllIterations) {
  LocalCollective alone;
  auto losses = [&](Kind kind) {
    kind.deep = false;
    auto own = engine(kind, 1);
    std::vector<double> seen;
    for (int step = 0; step < 3; ++step) seen.push_back(own->run(1, all_lanes(*own), alone).loss);
    return seen;
  };
  auto same = losses(lbfgs(R"("tolerance_grad": 1e9)"));
  EXPECT_NEAR(same[1], same[0], 1e-6);  // rows come in another order
  EXPECT_NEAR(same[2], same[0], 1e-6);
  Kind others{
      .reproducible = true, .batch = 190, .more = R"({"optimizer": {"kind": "SGD", "lr": 1e-9}})"};
  EXPECT_GT(std::abs(losses(others)[1] - losses(others)[0]), 1e-4);
}

TEST(Lbfgs, WorkersWithAPartOfTheStateCannotSayWhatIsFitted) {
  on_one_mesh(5, [](size_t w, Collective& peers) {
    auto own = engine(lbfgs(), 1);
    bool found = false;
    settle(*own, 0, peers, &found).throw_if_failed();
    own->run(4, assign_lanes(own->spec(), 5)[w], peers).result.throw_if_failed();
    EXPECT_THROW(own->fitted(), SystemError);
    own->collect(0, peers).throw_if_failed();
    if (w == 0) {
      LocalCollective alone;
      auto same = engine(lbfgs(), 1);
      same->run(4, all_lanes(*same), alone);
      EXPECT_EQ(own->fitted().values, same->fitted().values);
    }
  });
}

TEST(Lbfgs, PenaltiesArePartOfTheLoss) {
  auto decay = fit(1, 1, lbfgs(R"("weight_decay": 0.1)"))[0];
  auto l2 =
      fit(1, 1, lbfgs(R"("lr": 1)", R"(, "param_groups": [{"match": "*.weight", "l2": 0.1}])"))[0];
  EXPECT_EQ(decay, l2);
  auto frozen = lbfgs(R"("lr": 1)", R"(, "param_groups": [{"match": "fc1.*", "freeze": true}])");
  Model start = deep_net();
  auto expected = fit(1, 1, frozen)[0];
  for (const auto& values : fit(3, 1, frozen)) EXPECT_EQ(values, expected);
  for (const Param& p : start.table.params()) {
    bool same = true;
    for (int64_t i = p.offset; i < p.offset + p.size; ++i) {
      same = same && expected[static_cast<size_t>(i)] == start.values[static_cast<size_t>(i)];
    }
    EXPECT_EQ(same, p.name.starts_with("fc1.")) << p.name;
  }
}

std::string refusal(const std::string& json) {
  try {
    FitSpec spec = FitSpec::parse(json);
    spec.shard_rows = kShardRows;
    spec.epochs = 1;
    spec.resolve();
    check_model(deep_net(), spec);
  } catch (const AttrError& e) {
    return e.what();
  }
  return "";
}

TEST(Lbfgs, WhatDoesNotGoTogether) {
  auto with = [](const std::string& more) {
    return refusal(R"({"optimizer": {"kind": "LBFGS"}, "batch_size": 190)" + more + "}");
  };
  EXPECT_EQ(with(""), "");
  EXPECT_EQ(
      with(R"(, "param_groups": [{"match": "fc0*", "freeze": true}, {"match": "*", "l2": 1}])"),
      "");
  EXPECT_EQ(with(R"(, "clip_norm": 1)"),
            "clip_norm: not with LBFGS, whose line search limits steps. Leave it out");
  EXPECT_EQ(with(R"(, "clip_value": 1)"),
            "clip_value: not with LBFGS, whose line search limits steps. Leave it out");
  EXPECT_EQ(with(R"(, "wire": "bf16")"),
            "wire: must be f32 with LBFGS, which compares losses and gradients of points close "
            "together, got bf16");
  EXPECT_EQ(
      with(R"(, "local_steps": 4)"),
      "sync: must not be local:H with LBFGS, all of whose workers take the same step. Use p2p");
  EXPECT_EQ(
      with(R"(, "ema_decay": 0.9)"),
      "ema_decay: not with LBFGS, which tries parameters that it may leave again. Leave it out");
  EXPECT_EQ(with(R"(, "base_batch_size": 64)"),
            "base_batch_size: not with LBFGS, whose batch is all rows. Leave it out");
  EXPECT_EQ(
      with(R"(, "param_groups": [{"match": "*", "lr": 2}])"),
      "param_groups[0].lr: not with LBFGS, whose steps are those of all parameters. Leave it out");
  EXPECT_EQ(with(R"(, "param_groups": [{"match": "*", "l1": 2}])"),
            "param_groups[0].l1: not with LBFGS, which needs a smooth loss. Use l2");
  EXPECT_EQ(with(R"(, "param_groups": [{"match": "*", "optimizer": {"kind": "Adam"}}])"),
            "param_groups[0].optimizer: not with LBFGS, which updates all parameters together. "
            "Freeze these, or leave it out");
  EXPECT_EQ(
      refusal(R"({"param_groups": [{"match": "*", "optimizer": {"kind": "LBFGS"}}]})"),
      "param_groups[0].optimizer: LBFGS updates all parameters together. Give it as the fit's "
      "optimizer");
  EXPECT_EQ(
      refusal(R"({"optimizer": {"kind": "LBFGS"}, "batch_size": 189})"),
      "batch_size: LBFGS needs all 190 rows in each iteration, got 189. Set batch_size to 190, or "
      "to a part of that and accumulate to the number of parts where memory is short");
  EXPECT_EQ(
      refusal(R"({"optimizer": {"kind": "LBFGS"}, "batch_size": 50, "accumulate": 3})"),
      "batch_size: LBFGS needs all 190 rows in each iteration, got 150. Set batch_size to 64 with "
      "accumulate 3");
  EXPECT_EQ(refusal(R"({"optimizer": {"kind": "LBFGS"}, "batch_size": 64, "accumulate": 3})"), "");
  EXPECT_EQ(refusal(R"({"optimizer": {"kind": "LBFGS", "line_search": "armijo"}})"),
            "LBFGS.line_search: must be 'strong_wolfe' or 'none', got 'armijo'");
  EXPECT_EQ(refusal(R"({"optimizer": {"kind": "LBFGS", "c1": 0.5, "c2": 0.25}})"),
            "LBFGS.c2: must be > c1, got c1 0.5 and c2 0.25");
}

}  // namespace
}  // namespace firesteel::testing
