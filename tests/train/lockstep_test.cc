// SPDX-License-Identifier: Apache-2.0
#include "train/lockstep.h"

#include <gtest/gtest.h>

#include <thread>

namespace firesteel {
namespace {

// A worker whose peers are lost at the second sum.
class LosesItsPeers final : public Collective {
 public:
  int rank() const override { return 0; }
  int size() const override { return 2; }
  std::string host(int) const override { return ""; }
  Result reduce_scatter(std::span<const Partial> nodes, int64_t, float*,
                        std::vector<double>* scalars, Wire) override {
    if (++sums_ > 1) return Result::failure("worker 1 is gone", 1);
    *scalars = tree_sum_scalars(nodes);
    return Result::success();
  }
  Result all_gather(float*, int64_t, Wire, const float*) override { return Result::success(); }
  Result exchange(const std::string&, std::vector<std::string>*) override {
    return Result::success();
  }
  Result move(std::span<const Move>) override { return Result::success(); }
  void abort(const std::string&, int) override {}
  bool failed() const override { return false; }
  Result verdict() const override { return Result::success(); }

 private:
  int sums_ = 0;
};

// Runs body(i) for each of the parts at once.
template <class Body>
void at_once(size_t parts, const Body& body) {
  std::vector<std::thread> threads;
  for (size_t i = 0; i < parts; ++i) threads.emplace_back([&, i] { body(i); });
  for (auto& thread : threads) thread.join();
}

TEST(Lockstep, AddsUp) {
  LocalCollective alone;
  Lockstep lockstep(alone, {0, 3, 4});
  at_once(3, [&](size_t i) {
    for (int round = 0; round < 100; ++round) {
      std::vector<double> numbers = {1.0, static_cast<double>(i) + round};
      lockstep.part(i).add_up(numbers);
      EXPECT_EQ(numbers, (std::vector<double>{3.0, 3.0 + 3 * round}));
    }
  });
  EXPECT_TRUE(lockstep.result().ok());
}

TEST(Lockstep, EndsWhenAPeerIsLost) {
  LosesItsPeers peers;
  Lockstep lockstep(peers, {0, 1});
  at_once(2, [&](size_t i) {
    std::vector<double> numbers = {1.0};
    lockstep.part(i).add_up(numbers);
    EXPECT_EQ(numbers[0], 2.0);
    EXPECT_THROW(lockstep.part(i).add_up(numbers), Lockstep::Stopped);
    EXPECT_THROW(lockstep.part(i).add_up(numbers), Lockstep::Stopped);
  });
  EXPECT_EQ(lockstep.result().suspect(), 1);
  EXPECT_EQ(lockstep.error(), nullptr);
}

TEST(Lockstep, EndsWhenAPartFails) {
  LocalCollective alone;
  Lockstep lockstep(alone, {0, 1, 2});
  at_once(3, [&](size_t i) {
    if (i == 1) return lockstep.stop(std::make_exception_ptr(ShapeError("first")));
    std::vector<double> numbers = {1.0};
    EXPECT_THROW(lockstep.part(i).add_up(numbers), Lockstep::Stopped);
  });
  lockstep.stop(std::make_exception_ptr(ShapeError("second")));
  try {
    std::rethrow_exception(lockstep.error());
  } catch (const ShapeError& error) {
    EXPECT_STREQ(error.what(), "first");
  }
}

}  // namespace
}  // namespace firesteel
