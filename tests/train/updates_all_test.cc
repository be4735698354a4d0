// SPDX-License-Identifier: Apache-2.0
// Small models, of which each worker updates all parameters: the same bits as where each has a part.
#include <gtest/gtest.h>

#include "tests/train/fits.h"

namespace firesteel::testing {
namespace {

// Sums that need a second look at all gradients, layers that need sums of their own, and states of all sorts.
std::vector<Kind> kinds() {
  std::vector<Kind> kinds = {
      {},
      {.clip_norm = 0.1},
      {.sync = true},
      {.more = R"({"optimizer": {"kind": "LARS", "lr": 2, "trust_coefficient": 0.02}})"},
      {.more = R"({"optimizer": {"kind": "Adam", "lr": 0.01}, "ema_decay": 0.9})"},
      {.more =
           R"({"optimizer": {"kind": "RMSprop", "lr": 0.01}, "param_groups": [{"match": "fc.*", "l2": 0.1}]})"}};
  for (Kind& kind : kinds) kind.reproducible = kind.updates_all = true;
  return kinds;
}

TEST(UpdatesAll, SameBitsForAnyWorkersAndThreads) {
  for (const Kind& kind : kinds()) {
    Kind in_parts = kind;
    in_parts.updates_all = false;
    auto expected = fit(1, 1, kind)[0];
    EXPECT_EQ(fit(3, 1, in_parts)[0], expected);
    for (int workers : {2, 3, 7}) {
      for (const auto& values : fit(workers, 2, kind)) {
        EXPECT_EQ(values, expected) << workers << " workers, " << kind.more;
      }
    }
  }
}

TEST(UpdatesAll, AnyWorkerHasTheWholeState) {
  LocalCollective nobody;
  for (const Kind& kind : kinds()) {
    auto alone = engine(kind, 1);
    alone->run(6, assignment_of(alone->spec(), 0, 7), nobody);
    std::vector<std::unique_ptr<Engine>> own;
    for (int w = 0; w < 6; ++w) own.push_back(engine(kind, 1));
    auto group = [&](const std::vector<int>& which, int64_t first, int64_t steps) {
      on_one_mesh(which.size(), [&](size_t w, Collective& peers) {
        Engine& member = *own[static_cast<size_t>(which[w])];
        bool found = false;
        settle(member, first, peers, &found).throw_if_failed();
        ASSERT_TRUE(found);
        auto part = assign_lanes(member.spec(), static_cast<int>(which.size()))[w];
        member.run(steps, part, peers, nullptr, true).result.throw_if_failed();
        EXPECT_TRUE(member.has_all_state());
      });
    };
    group({0, 1, 2, 3, 4}, 0, 2);
    group({5, 3}, 2, 2);  // one is left of five, one is new
    group({3}, 4, 1);
    group({1, 2, 3, 4}, 5, 1);  // with states of long ago
    for (int w : {1, 2, 3, 4}) {
      Engine& member = *own[static_cast<size_t>(w)];
      EXPECT_TRUE(member.checkpoint() == alone->checkpoint()) << w;  // too long to be shown
    }
  }
}

TEST(UpdatesAll, OnlyWhereLittleMoreIsSent) {
  constexpr int64_t kLenet = 22'278;
  EXPECT_FALSE(updates_all(kLenet, 1, 1 << 16));
  EXPECT_TRUE(updates_all(kLenet, 2, 1 << 16));
  EXPECT_TRUE(updates_all(kLenet, 3, 1 << 16));
  EXPECT_FALSE(updates_all(kLenet, 16, 1 << 16));
  EXPECT_FALSE(updates_all(kLenet, 2, 0));
  EXPECT_FALSE(updates_all(1 << 16, 2, 1 << 16));
}

}  // namespace
}  // namespace firesteel::testing
