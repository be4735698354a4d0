// SPDX-License-Identifier: Apache-2.0
// What is kept at a group's boundary, and that a fit goes on from it whoever is left.
#include <gtest/gtest.h>

#include "tests/train/engines.h"

namespace firesteel::testing {
namespace {

// With states that are floats, and with ones that are numbers beside them, in the middle of line searches.
std::vector<Kind> kinds() {
  return {{.reproducible = true},
          {.reproducible = true, .deep = true},
          {.reproducible = true,
           .batch = 190,
           .deep = true,
           .more = R"({"optimizer": {"kind": "LBFGS", "lr": 0.05}})"}};
}

TEST(Boundary, GoesOnFromACheckpointBitForBit) {
  LocalCollective alone;
  auto whole = engine({.reproducible = true}, 1), first = engine({.reproducible = true}, 2),
       second = engine({.reproducible = true}, 1);
  Assignment all = assignment_of(whole->spec(), 0, 7);
  whole->run(20, all, alone);
  first->run(7, all, alone);
  std::string bytes = first->checkpoint();
  EXPECT_TRUE(Engine::is_checkpoint(bytes));
  second->restore(bytes, "test");
  EXPECT_EQ(second->next_step(), 7);
  second->run(13, all, alone);
  EXPECT_EQ(second->model().values, whole->model().values);
}

TEST(Boundary, GoesBackToTheFormerBoundary) {
  LocalCollective alone;
  for (const Kind& kind : kinds()) {
    auto own = engine(kind, 1);
    Assignment all = assignment_of(own->spec(), 0, 7);
    own->run(4, all, alone);
    auto boundary = own->model().values;
    own->run(6, all, alone);
    auto after = own->model().values;
    bool found = false;
    settle(*own, 4, alone, &found).throw_if_failed();
    EXPECT_TRUE(found);
    EXPECT_EQ(own->model().values, boundary);
    own->run(6, all, alone);
    EXPECT_EQ(own->model().values, after);
    settle(*own, 1, alone, &found).throw_if_failed();
    EXPECT_FALSE(found);
  }
}

// Fails at a given collective.
class Failing final : public Collective {
 public:
  explicit Failing(int calls) : left_(calls) {}
  int rank() const override { return 0; }
  int size() const override { return 2; }
  std::string host(int) const override { return ""; }
  Result reduce_scatter(std::span<const Partial> nodes, int64_t count, float* out,
                        std::vector<double>* scalars, Wire wire) override {
    if (left_-- == 0) return Result::failure("worker 1 is gone", 1);
    return alone_.reduce_scatter(nodes, slice_of(count, 0, 2).size(), out, scalars, wire);
  }
  Result all_gather(float*, int64_t, Wire, const float*) override {
    return left_-- == 0 ? Result::failure("worker 1 is gone", 1) : Result::success();
  }
  Result exchange(const std::string& mine, std::vector<std::string>* all) override {
    return alone_.exchange(mine, all);
  }
  Result move(std::span<const Move>) override { return Result::success(); }
  void abort(const std::string&, int) override {}
  bool failed() const override { return false; }
  Result verdict() const override { return Result::success(); }

 private:
  int left_;
  LocalCollective alone_;
};

TEST(Boundary, AGroupThatLosesAPeerLeavesNoTrace) {
  LocalCollective alone;
  for (const Kind& kind : kinds()) {
    auto undisturbed = engine(kind, 1), own = engine(kind, 1);
    Assignment all = assignment_of(own->spec(), 0, 7);
    undisturbed->run(3, all, alone);
    undisturbed->run(5, all, alone);
    own->run(3, all, alone);
    // Of the 20 collectives of 5 iterations, or more.
    for (int calls = 0; calls <= 15; ++calls) {
      Failing failing(calls);
      auto report = own->run(5, all, failing);
      ASSERT_FALSE(report.result.ok());
      EXPECT_EQ(report.result.suspect(), 1);
      EXPECT_EQ(own->next_step(), 3);
    }
    own->run(5, all, alone);
    EXPECT_EQ(own->model().values, undisturbed->model().values);
  }
}

// A group of steps on some of the engines, whose first one then has the whole state.
void run_group(const std::vector<Engine*>& members, int64_t first, int64_t steps,
               bool expect_state) {
  on_one_mesh(members.size(), [&](size_t w, Collective& peers) {
    bool found = false;
    settle(*members[w], first, peers, &found).throw_if_failed();
    ASSERT_EQ(found, expect_state);
    if (!found) return;
    auto part = assign_lanes(members[w]->spec(), static_cast<int>(members.size()))[w];
    // The next group takes over what is begun here, where it has the same members.
    members[w]->run(steps, part, peers, nullptr, true).result.throw_if_failed();
    members[w]->collect(0, peers).throw_if_failed();
  });
}

// Workers come and go between groups, and one group in between is lost; the optimizer's state is then
// on three workers of seven, and its slices are cut anew each time.
TEST(Boundary, SameBitsWhileWorkersComeAndGo) {
  for (const Kind& kind : kinds()) {
    auto alone = engine(kind, 1);
    LocalCollective nobody;
    alone->run(14, assignment_of(alone->spec(), 0, 7), nobody);
    std::vector<std::unique_ptr<Engine>> own;
    for (int w = 0; w < 9; ++w) own.push_back(engine(kind, 1));
    auto some = [&](const std::vector<int>& which) {
      std::vector<Engine*> members;
      for (int w : which) members.push_back(own[static_cast<size_t>(w)].get());
      return members;
    };
    run_group(some({0, 1, 2, 3, 4, 5, 6}), 0, 3, true);
    EXPECT_THROW(own[1]->checkpoint(), SystemError);  // it has a part
    run_group(some({0, 1, 2, 4, 6}), 3, 2, true);  // two at once
    run_group(some({7, 0, 1, 2, 4, 6, 8}), 5, 2, true);  // newcomers, one in the first place
    run_group(some({8, 0, 1, 2, 6}), 5, 2, true);  // once more from its start, without 7 and 4
    run_group(some({3, 5, 8, 0, 1, 2}), 7, 2, true);  // two come back with a state of long ago
    run_group(some({3, 5, 8, 0, 1, 2}), 9, 2, true);
    run_group(some({1, 2, 8, 5}), 11, 1, true);
    run_group(some({5, 2}), 12, 1, true);
    run_group(some({2}), 13, 1, true);
    EXPECT_EQ(own[2]->model().values, alone->model().values);
    EXPECT_TRUE(own[2]->checkpoint() == alone->checkpoint());  // too long to be shown
  }
}

TEST(Boundary, AStateThatIsOnNobodyIsNotFound) {
  std::vector<std::unique_ptr<Engine>> own;
  std::vector<Engine*> all;
  for (int w = 0; w < 7; ++w)
    all.push_back(own.emplace_back(engine({.reproducible = true}, 1)).get());
  run_group(all, 0, 2, true);
  run_group({all[0], all[5], all[6]}, 2, 2, false);  // the slices of 1 and 2 were on 1 to 4
  run_group({all[0], all[2], all[4], all[6]}, 2, 2, true);
}

TEST(Boundary, AnyWorkerIsEnoughWhereTheOptimizerKeepsNothing) {
  Kind kind{.reproducible = true, .momentum = false};
  std::vector<std::unique_ptr<Engine>> own;
  std::vector<Engine*> all;
  for (int w = 0; w < 7; ++w) all.push_back(own.emplace_back(engine(kind, 1)).get());
  auto newcomer = engine(kind, 1), alone = engine(kind, 1);
  run_group(all, 0, 2, true);
  run_group({newcomer.get(), all[5]}, 2, 2, true);
  LocalCollective nobody;
  alone->run(4, assignment_of(alone->spec(), 0, 7), nobody);
  EXPECT_EQ(newcomer->model().values, alone->model().values);
}

}  // namespace
}  // namespace firesteel::testing
