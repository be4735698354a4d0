// SPDX-License-Identifier: Apache-2.0
// LARS and LAMB: steps by the norms of whole parameters, which are spread over workers.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/relative_distance.h"
#include "tests/train/fits.h"

namespace firesteel::testing {
namespace {

constexpr const char* kLars =
    R"({"optimizer": {"kind": "LARS", "lr": 2, "trust_coefficient": 0.02, "weight_decay": 0.01}})";
// With smaller steps, so that a small difference stays small.
constexpr const char* kCalmLars =
    R"({"optimizer": {"kind": "LARS", "lr": 0.5, "trust_coefficient": 0.02, "weight_decay": 0.01}})";
constexpr const char* kLamb = R"({"optimizer": {"kind": "LAMB", "lr": 0.02, "weight_decay": 0.1}})";

TEST(Layerwise, SameBitsForAnyWorkersAndThreads) {
  for (const char* optimizer : {kLars, kLamb}) {
    for (bool deep : {false, true}) {
      Kind kind{.reproducible = true, .deep = deep, .more = optimizer};
      auto expected = fit(1, 1, kind)[0];
      EXPECT_EQ(fit(1, 2, kind)[0], expected);
      for (int workers : {2, 3}) {
        for (const auto& values : fit(workers, 2, kind)) {
          EXPECT_EQ(values, expected) << optimizer << ", " << workers << " workers";
        }
      }
    }
  }
}

TEST(Layerwise, SameBitsWhereNumbersAreCarried) {
  for (const char* optimizer : {kLars, kLamb}) {
    Kind kind{.reproducible = true, .deep = true, .more = optimizer};
    auto expected = fit(1, 1, kind)[0];
    for (bool driver : {false, true})
      EXPECT_EQ(carried_fit(3, driver, kind), expected) << optimizer;
  }
}

TEST(Layerwise, SameBitsWithClipping) {
  for (Kind kind : {Kind{.clip_norm = 0.1, .more = kLars}, Kind{.clip_value = 1e-3, .more = kLars},
                    Kind{.clip_value = 1e-3, .more = kLamb}}) {
    kind.reproducible = true;
    kind.deep = true;
    auto expected = fit(1, 1, kind)[0];
    for (const auto& values : fit(3, 2, kind)) EXPECT_EQ(values, expected);
    EXPECT_EQ(carried_fit(2, false, kind), expected);
  }
}

// Also rows that are sparse, with rounded numbers on the wire: norms are of the owners' exact ones.
TEST(Layerwise, RoundedOnTheWireIsNear) {
  for (bool words : {false, true}) {
    for (const char* optimizer : {kCalmLars, kLamb}) {
      Kind kind{.deep = !words, .words = words, .more = optimizer};
      auto expected = fit(1, 1, kind)[0];
      kind.wire = DType::f16;
      auto values = fit(3, 1, kind);
      EXPECT_EQ(values[1], values[0]);
      EXPECT_EQ(values[2], values[0]);
      EXPECT_LT(relative_distance(values[0], expected), 2e-3) << optimizer;
    }
  }
}

TEST(Layerwise, LocalStepsMeet) {
  for (const char* optimizer : {kLars, kLamb}) {
    auto values = fit(3, 1, {.deep = true, .local_steps = 4, .more = optimizer});
    EXPECT_EQ(values[1], values[0]);
    for (float value : values[0]) ASSERT_TRUE(std::isfinite(value));
  }
}

std::vector<float> after_a_step(const std::string& more) {
  auto own = engine({.lanes = 1, .deep = true, .more = more}, 1);
  LocalCollective alone;
  own->run(1, assignment_of(own->spec(), 0, 1), alone);
  return own->model().values;
}

double norm(const std::vector<double>& numbers) {
  double sum = 0;
  for (double number : numbers) sum += number * number;
  return std::sqrt(sum);
}

// Gradients are what SGD with learning rate 1 takes away.
TEST(Layerwise, StepsAreByTheNormsOfWholeParameters) {
  auto start = deep_net();
  auto sgd = after_a_step(R"({"optimizer": {"kind": "SGD", "lr": 1}})");
  auto lars = after_a_step(
      R"({"optimizer": {"kind": "LARS", "lr": 3, "trust_coefficient": 0.1, "weight_decay": 0.5,
          "momentum": 0}})");
  auto lamb = after_a_step(R"({"optimizer": {"kind": "LAMB", "lr": 0.1, "weight_decay": 0.5}})");
  for (const Param& p : start.table.params()) {
    std::vector<double> w, g, x;
    double decay = p.spec.decay ? 0.5 : 0;
    for (int64_t i = p.offset; i < p.offset + p.size; ++i) {
      auto at = static_cast<size_t>(i);
      w.push_back(start.values[at]);
      g.push_back(double{start.values[at]} - sgd[at]);
      // The first step of Adam, as means are those of one gradient.
      x.push_back(g.back() / (std::abs(g.back()) + 1e-6) + decay * w.back());
    }
    double trust = p.spec.decay ? 0.1 * norm(w) / (norm(g) + decay * norm(w)) : 1;
    double ratio = p.spec.decay ? norm(w) / norm(x) : 1;
    for (size_t i = 0; i < w.size(); ++i) {
      auto at = static_cast<size_t>(p.offset) + i;
      double of_lars = 3 * trust * (g[i] + decay * w[i]), of_lamb = 0.1 * ratio * x[i];
      ASSERT_NEAR(lars[at], w[i] - of_lars, 1e-5) << p.name << " " << i;
      // Where a gradient is near eps, its own rounding shows.
      if (std::abs(g[i]) > 1e-4) {
        ASSERT_NEAR(lamb[at], w[i] - of_lamb, 2e-4) << p.name << " " << i;
      }
    }
  }
}

TEST(Layerwise, WhatDoesNotGoTogether) {
  auto refusal = [](const std::string& json) {
    try {
      FitSpec::parse(json);
    } catch (const AttrError& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  EXPECT_EQ(refusal(R"({"optimizer": {"kind": "LAMB"}, "clip_norm": 1})"),
            "clip_norm: not with LAMB, whose steps do not depend on the size of gradients");
  EXPECT_EQ(refusal(R"({"optimizer": {"kind": "LARS"}, "clip_norm": 1, "clip_value": 1})"),
            "clip_norm, clip_value: not both with LARS");
  EXPECT_EQ(
      refusal(R"({"optimizer": {"kind": "LARS"}, "param_groups": [{"match": "*", "l1": 1}]})"),
      "param_groups[0]: l1 and l2 do not go with LARS, which has weight_decay");
  EXPECT_EQ(
      refusal(
          R"({"param_groups": [{"match": "*", "optimizer": {"kind": "LAMB"}}], "clip_norm": 1})"),
      "clip_norm: not with LAMB, whose steps do not depend on the size of gradients");
}

}  // namespace
}  // namespace firesteel::testing
