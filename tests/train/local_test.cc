// SPDX-License-Identifier: Apache-2.0
// Local SGD: workers step on their own and meet every so many steps.
#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include "tests/train/engines.h"

namespace firesteel::testing {
namespace {

using Engines = std::vector<std::unique_ptr<Engine>>;

Engines engines(size_t count, const Kind& kind) {
  Engines own;
  for (size_t w = 0; w < count; ++w) own.push_back(engine(kind, 1));
  return own;
}

// A group of steps, all workers on one mesh; they had the state at its start, or get it.
void group(Engines& own, int64_t first, int64_t steps, bool head_start = false) {
  on_one_mesh(own.size(), [&](size_t w, Collective& peers) {
    auto part = assign_lanes(own[w]->spec(), static_cast<int>(own.size()))[w];
    bool found = false;
    settle(*own[w], first, peers, &found).throw_if_failed();
    ASSERT_TRUE(found);
    auto report = own[w]->run(steps, part, peers, nullptr, head_start);
    report.result.throw_if_failed();
    EXPECT_EQ(report.steps, steps);
    EXPECT_NEAR(static_cast<double>(report.samples), 50.0 * static_cast<double>(steps), 60);
    EXPECT_EQ(report.metrics.size(), 1u);
  });
}

// Where workers that never meet get in so many steps, each with its part: the mean, weighted by rows.
std::vector<double> mean_of_lone_workers(int workers, Kind kind, int64_t steps) {
  kind.local_steps = 0;
  kind.outer_lr = 1;
  kind.outer_momentum = 0;
  LocalCollective nobody;
  std::vector<double> sum;
  double rows = 0;
  for (int w = 0; w < workers; ++w) {
    auto own = engine(kind, 1);
    auto part = assign_lanes(own->spec(), workers)[static_cast<size_t>(w)];
    auto weight = static_cast<double>(own->run(steps, part, nobody).samples);
    sum.resize(own->model().values.size());
    for (size_t i = 0; i < sum.size(); ++i) sum[i] += weight * own->model().values[i];
    rows += weight;
  }
  for (double& value : sum) value /= rows;
  return sum;
}

TEST(LocalSteps, AverageParametersByRows) {
  for (Kind kind : {Kind{.local_steps = 4}, Kind{.deep = true, .local_steps = 4},
                    Kind{.deep = true, .clip_norm = 0.1, .local_steps = 9}}) {
    auto own = engines(3, kind);
    group(own, 0, 4);
    auto expected = mean_of_lone_workers(3, kind, 4);
    for (size_t i = 0; i < expected.size(); ++i) {
      ASSERT_NEAR(own[0]->model().values[i], expected[i], 1e-5) << i;
    }
    EXPECT_EQ(own[1]->model().values, own[0]->model().values);
    EXPECT_EQ(own[2]->model().values, own[0]->model().values);
  }
}

TEST(LocalSteps, TheOuterStepGoesAlongTheMean) {
  Kind kind{.deep = true, .local_steps = 3, .outer_lr = 0.7, .outer_momentum = 0.9};
  auto own = engines(2, kind);
  auto start = own[0]->model().values;
  auto trainable = static_cast<size_t>(own[0]->model().table.trainable());
  group(own, 0, 3);
  auto mean = mean_of_lone_workers(2, kind, 3);
  for (size_t i = 0; i < trainable; ++i) {
    // Nesterov's first step: the gradient, and its momentum on top.
    ASSERT_NEAR(own[0]->model().values[i], start[i] - 0.7 * 1.9 * (start[i] - mean[i]), 2e-5) << i;
  }
}

TEST(LocalSteps, OneStepWithoutMomentumIsTheSynchronousFit) {
  Kind kind{.deep = true, .momentum = false, .local_steps = 1};
  auto own = engines(3, kind);
  group(own, 0, 12);
  kind.local_steps = 0;
  auto straight = engine(kind, 1);
  LocalCollective nobody;
  straight->run(12, assignment_of(straight->spec(), 0, 7), nobody);
  for (size_t i = 0; i < straight->model().values.size(); ++i) {
    ASSERT_NEAR(own[0]->model().values[i], straight->model().values[i], 1e-4) << i;
  }
}

TEST(LocalSteps, AWorkerAloneWithTheMeanStepsAsAlways) {
  Kind kind{.local_steps = 3};
  auto own = engine(kind, 1);
  kind.local_steps = 0;
  auto straight = engine(kind, 1);
  LocalCollective nobody;
  Assignment all = assignment_of(own->spec(), 0, 7);
  auto report = own->run(7, all, nobody), expected = straight->run(7, all, nobody);
  EXPECT_EQ(own->model().values, straight->model().values);
  EXPECT_EQ(report.samples, expected.samples);
  EXPECT_NEAR(report.loss, expected.loss, 1e-9);
  EXPECT_EQ(report.metrics, expected.metrics);
}

// Without state of the inner optimizer, where groups end makes no difference when they end with a meeting.
TEST(LocalSteps, GroupsCarryTheOuterMomentum) {
  Kind kind{
      .deep = true, .momentum = false, .local_steps = 2, .outer_lr = 0.7, .outer_momentum = 0.9};
  auto whole = engines(4, kind), parts = engines(4, kind);
  group(whole, 0, 8);
  group(parts, 0, 2, true);
  group(parts, 2, 4, true);
  group(parts, 6, 2);
  EXPECT_EQ(parts[0]->model().values, whole[0]->model().values);
}

TEST(LocalSteps, WorkersComeAndGo) {
  Kind kind{
      .deep = true, .wire = DType::bf16, .local_steps = 2, .outer_lr = 0.7, .outer_momentum = 0.9};
  auto own = engines(5, kind);
  group(own, 0, 4);
  own.erase(own.begin());  // the first one is lost
  own.push_back(engine(kind, 1));
  group(own, 4, 3);  // ends between two meetings
  own.resize(3);  // two at once
  group(own, 7, 2);
  auto again = engine(kind, 1);
  again->restore(own[0]->checkpoint(), "test");
  own.push_back(std::move(again));
  group(own, 9, 2);
  EXPECT_EQ(own[0]->model().values, own[1]->model().values);
  for (float value : own[0]->model().values) ASSERT_TRUE(std::isfinite(value));
}

}  // namespace
}  // namespace firesteel::testing
