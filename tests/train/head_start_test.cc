// SPDX-License-Identifier: Apache-2.0
// The first iteration of a group, computed before the group: the same bits, and time that is not waited.
#include <gtest/gtest.h>

#include <chrono>
#include <thread>
#include <utility>

#include "tests/train/engines.h"

namespace firesteel::testing {
namespace {

using Clock = std::chrono::steady_clock;
double since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Groups of these sizes by some workers; the parameters of the first.
std::vector<float> groups(const Kind& kind, int workers, int threads,
                          const std::vector<int64_t>& sizes, bool head_start) {
  std::vector<std::unique_ptr<Engine>> own;
  for (int w = 0; w < workers; ++w) own.push_back(engine(kind, threads));
  auto all_groups = [&](size_t w, Collective& peers) {
    auto part = assign_lanes(own[w]->spec(), workers)[w];
    int64_t first = 0;
    for (int64_t steps : sizes) {
      bool found = false;
      settle(*own[w], first, peers, &found).throw_if_failed();
      auto report = own[w]->run(steps, part, peers, nullptr, head_start);
      report.result.throw_if_failed();
      EXPECT_EQ(report.steps, steps);
      EXPECT_GT(report.samples, 0);
      first += steps;
    }
  };
  LocalCollective alone;
  if (workers == 1) {
    all_groups(0, alone);
  } else {
    on_one_mesh(own.size(), all_groups);
  }
  return own[0]->model().values;
}

TEST(HeadStart, SameBits) {
  const std::vector<int64_t> sizes = {3, 1, 4, 1, 1, 2};
  for (int workers : {1, 3}) {
    for (Kind kind :
         {Kind{.reproducible = true}, Kind{.reproducible = true, .deep = true},
          Kind{.reproducible = true, .deep = true, .clip_norm = 0.5},
          Kind{.reproducible = true, .sync = true},
          Kind{.reproducible = true, .deep = true, .wire = DType::bf16, .error_feedback = true}}) {
      for (int threads : {1, 2}) {
        EXPECT_EQ(groups(kind, workers, threads, sizes, true),
                  groups(kind, workers, threads, sizes, false))
            << workers << " workers, " << threads << " threads";
      }
    }
  }
}

TEST(HeadStart, IsDroppedWhereTheFitGoesOnElsewhere) {
  LocalCollective alone;
  Kind kind{.reproducible = true};
  auto straight = engine(kind, 1), own = engine(kind, 1);
  Assignment all = assignment_of(own->spec(), 0, 7);
  straight->run(4, all, alone);
  std::string at4 = straight->checkpoint();
  straight->run(6, all, alone);

  own->run(4, all, alone, nullptr, true);
  own->set_threads(2);
  own->run(2, all, alone, nullptr, true);
  bool found = false;
  settle(*own, 4, alone, &found).throw_if_failed();  // back
  own->run(6, all, alone, nullptr, true);
  EXPECT_EQ(own->model().values, straight->model().values);
  own->restore(at4, "test");
  own->run(6, all, alone, nullptr, true);
  EXPECT_EQ(own->model().values, straight->model().values);
}

TEST(HeadStart, IsComputedBetweenGroups) {
  LocalCollective alone;
  FitSpec spec = fit_spec({});
  spec.pace_ms = 300;
  Engine own(deep_net(), std::move(spec), 1);
  Assignment all = assignment_of(own.spec(), 0, 7);
  while (!own.threads().settled()) own.run(1, all, alone);
  own.run(1, all, alone, nullptr, true);
  std::this_thread::sleep_for(std::chrono::milliseconds(400));
  auto start = Clock::now();
  auto report = own.run(1, all, alone);
  EXPECT_LT(since(start), 0.2);
  EXPECT_GE(report.times.compute, 0.3);  // it counts where it was spent
  EXPECT_GE(report.times.loop, 0.3);
  EXPECT_LT(report.times.loop, 0.5);  // the time until the group is none of it

  start = Clock::now();
  own.run(1, all, alone);
  EXPECT_GE(since(start), 0.3);
}

TEST(HeadStart, IsLeftOffSoonWhenDropped) {
  LocalCollective alone;
  FitSpec spec = fit_spec({});
  spec.pace_ms = 4000;
  Engine own(deep_net(), std::move(spec), 1);
  Assignment all = assignment_of(own.spec(), 0, 7);
  auto start = Clock::now();
  own.run(0, all, alone, nullptr, true);
  own.set_threads(2);
  EXPECT_LT(since(start), 3);
}

}  // namespace
}  // namespace firesteel::testing
