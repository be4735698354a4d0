// SPDX-License-Identifier: Apache-2.0
#include "train/thread_planner.h"

#include <gtest/gtest.h>

#include <functional>

namespace firesteel {
namespace {

using Division = ThreadPlanner::Division;

// What it settles on when a step with a division takes `seconds`, and after how many steps.
std::pair<Division, int> settle(ThreadPlanner planner,
                                const std::function<double(const Division&)>& seconds) {
  int steps = 0;
  Division last{0, 0};
  for (; !planner.settled() && steps < 100; ++steps) {
    // The first step with a division is a slow one.
    double slow = planner.now() == last ? 1 : 10;
    last = planner.now();
    planner.took(slow * seconds(last));
  }
  return {planner.now(), steps};
}

TEST(ThreadPlanner, FindsTheFastest) {
  auto best_at = [](int replicas) {
    return [=](const Division& d) { return 1.0 + std::abs(d.replicas - replicas); };
  };
  auto planner = [] { return ThreadPlanner(16, 100, ThreadMode::automatic, true); };
  EXPECT_EQ(settle(planner(), best_at(16)).first, (Division{16, 1}));
  EXPECT_EQ(settle(planner(), best_at(4)).first, (Division{4, 4}));
  EXPECT_EQ(settle(planner(), best_at(1)).first, (Division{1, 16}));
  // One look further, not all the way.
  EXPECT_EQ(settle(planner(), best_at(16)).second, 12);
}

TEST(ThreadPlanner, StaysWhereFewerAreHardlyFaster) {
  auto hardly = [](const Division& d) { return d.replicas == 4 ? 1.0 : 0.97; };
  EXPECT_EQ(settle({4, 4, ThreadMode::automatic, true}, hardly).first, (Division{4, 1}));
}

TEST(ThreadPlanner, UsesEveryThreadOrFewer) {
  auto same = [](const Division&) { return 1.0; };
  EXPECT_EQ(settle({6, 4, ThreadMode::automatic, true}, same).first, (Division{4, 1}));
  EXPECT_EQ(settle({5, 1, ThreadMode::automatic, true}, same).first, (Division{1, 5}));
  EXPECT_EQ(settle({2, 2, ThreadMode::automatic, true}, same).second, 0);
}

TEST(ThreadPlanner, DoesNotMeasureWhatIsAskedFor) {
  EXPECT_TRUE(ThreadPlanner(4, 4, ThreadMode::split, true).settled());
  EXPECT_EQ(ThreadPlanner(4, 4, ThreadMode::split, true).now(), (Division{1, 4}));
  EXPECT_EQ(ThreadPlanner(4, 1, ThreadMode::replicas, true).now(), (Division{4, 1}));
  EXPECT_TRUE(ThreadPlanner(4, 3, ThreadMode::automatic, false).settled());
}

}  // namespace
}  // namespace firesteel
