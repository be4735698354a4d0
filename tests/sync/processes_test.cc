// SPDX-License-Identifier: Apache-2.0
#include <csignal>
#include <thread>

#include "tests/sync/expect.h"
#include "tests/sync/process.h"

namespace firesteel::testing {
namespace {

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

TEST(Processes, sum_to_the_bits_of_the_plain_tree) {
  for (int size : {1, 3}) {
    auto workers = start_workers(size, "sum", 5000);
    for (auto& worker : workers) EXPECT_EQ(worker.line(Millis(60'000)), "ok");
  }
}

TEST(Processes, killed_one_is_named_by_the_survivors_within_a_second) {
  auto workers = start_workers(4, "gather", 5000);
  std::this_thread::sleep_for(Millis(300));
  workers[2].signal(SIGKILL);
  Instant killed = Clock::now();
  for (size_t rank : {0, 1, 3}) {
    std::string line = workers[rank].line();
    EXPECT_TRUE(line.starts_with("failed 2 all_gather")) << line;
    expect_in(line, "worker 2 (127.0.0.1:");
    expect_in(line, "its process has died");
  }
  EXPECT_LT(seconds(Clock::now() - killed), kSanitized ? 5.0 : 1.0);
}

TEST(Processes, frozen_one_is_named_after_the_peer_deadline) {
  auto workers = start_workers(3, "gather", 1000);
  std::this_thread::sleep_for(Millis(300));
  workers[1].signal(SIGSTOP);
  Instant frozen = Clock::now();
  for (size_t rank : {0, 2}) {
    std::string line = workers[rank].line();
    EXPECT_TRUE(line.starts_with("failed 1 all_gather #")) << line;
    expect_in(line, " waited ");
    expect_in(line, "has been silent for ");
  }
  double took = seconds(Clock::now() - frozen);
  EXPECT_GT(took, 0.8);
  EXPECT_LT(took, kSanitized ? 10.0 : 3.0);
  // Thawed, it learns what the others thought of it, or that they are gone.
  workers[1].signal(SIGCONT);
  EXPECT_TRUE(workers[1].line().starts_with("failed "));
}

// The peers of a worker that computes for longer than every timeout wait for it.
TEST(Processes, slow_one_is_not_given_up) {
  auto workers = start_workers(3, "slow", 500);
  for (auto& worker : workers) EXPECT_EQ(worker.line(), "ok");
}

}  // namespace
}  // namespace firesteel::testing
