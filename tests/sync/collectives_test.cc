// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <numeric>

#include "core/narrow.h"
#include "tests/sync/expect.h"
#include "tests/sync/workers.h"

namespace firesteel::testing {
namespace {

class Workers : public ::testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Sizes, Workers, ::testing::Range(1, 9));

// The sum is compared bit by bit, so this also says that it is the same for every worker count.
TEST_P(Workers, sum_sixteen_leaves_to_the_bits_of_the_plain_tree) {
  World world(GetParam());
  for (int64_t count : {0, 1, 15, 16, 17, 1000, 22'278}) {
    expect_ok(world.run([&](Mesh& mesh) { return sum_and_check(mesh, 16, count); }));
  }
}

TEST_P(Workers, sum_with_fewer_or_more_leaves_than_workers) {
  World world(GetParam());
  for (int64_t leaves : {0, 1, 2, 3, 6, 7, 13, 41}) {
    expect_ok(world.run([&](Mesh& mesh) { return sum_and_check(mesh, leaves, 333); }));
  }
}

TEST_P(Workers, sum_at_once_to_the_same_bits) {
  World world(GetParam());
  for (auto [leaves, count] :
       {std::pair<int64_t, int64_t>{16, 0}, {0, 333}, {3, 1}, {16, 22'278}, {41, 70'000}}) {
    expect_ok(world.run([&](Mesh& mesh) { return sum_and_check(mesh, leaves, count, true); }));
  }
}

TEST_P(Workers, exchange_texts_of_any_length) {
  World world(GetParam());
  expect_ok(world.run([&](Mesh& mesh) {
    auto text = [](int rank, int round) {
      return std::string(static_cast<size_t>(round == 2 ? 3'000'000 + rank : rank * round),
                         static_cast<char>('a' + rank));
    };
    for (int round = 0; round < 4; ++round) {
      std::vector<std::string> all;
      Result result = mesh.exchange(text(mesh.rank(), round), &all);
      if (!result.ok()) return result;
      for (int rank = 0; rank < mesh.size(); ++rank) {
        if (all[static_cast<size_t>(rank)] != text(rank, round)) return Result::failure("wrong");
      }
    }
    return Result::success();
  }));
}

// Each sends two parts of different lengths to the next one and a third to all.
TEST_P(Workers, move_parts_all_at_once) {
  World world(GetParam());
  int size = world.size();
  expect_ok(world.run([&](Mesh& mesh) {
    std::vector<std::vector<float>> rows;
    for (int rank = 0; rank < size; ++rank) {
      float mine = rank == mesh.rank() ? static_cast<float>(rank + 1) : 0.f;
      rows.emplace_back(100'001 + rank, mine);
    }
    std::vector<Move> moves;
    for (int from = 0; from < size; ++from) {
      std::span<float> row(rows[static_cast<size_t>(from)]);
      moves.push_back({from, (from + 1) % size, row.subspan(0, 7)});
      moves.push_back({from, (from + 1) % size, row.subspan(50'000, static_cast<size_t>(from))});
      for (int to = 0; to < size; ++to) moves.push_back({from, to, row.subspan(90'000)});
    }
    Result result = mesh.move(moves);
    for (int from = 0; from < size && result.ok(); ++from) {
      bool here = from == mesh.rank(), next = here || (from + 1) % size == mesh.rank();
      const auto& row = rows[static_cast<size_t>(from)];
      for (size_t i = 0; i < row.size(); ++i) {
        auto first = static_cast<size_t>(from);
        bool moved = i >= 90'000 || (next && (i < 7 || (i >= 50'000 && i < 50'000 + first)));
        float expected = here || moved ? static_cast<float>(from + 1) : 0.f;
        if (row[i] != expected) return Result::failure(cat("wrong at ", i, " from ", from));
      }
    }
    return result.ok() ? mesh.move({}) : result;
  }));
}

TEST(Collectives, sum_a_million_and_three_parameters) {
  for (int workers : {2, 3}) {
    World world(workers);
    expect_ok(world.run([&](Mesh& mesh) { return sum_and_check(mesh, 5, 1'000'003); }));
  }
}

// Far more bytes both ways than all socket buffers hold.
TEST(Collectives, do_not_deadlock_on_big_messages) {
  World world(3);
  constexpr int64_t kCount = 12'000'001;
  expect_ok(world.run([&](Mesh& mesh) {
    std::vector<float> data(kCount, -1.f);
    Slice mine = slice_of(kCount, mesh.rank(), mesh.size());
    std::iota(data.begin() + mine.begin, data.begin() + mine.end, static_cast<float>(mine.begin));
    Result result = mesh.all_gather(data.data(), kCount, DType::f32, nullptr);
    if (!result.ok()) return result;
    for (int64_t i = 0; i < kCount; i += 997) {
      if (std::abs(data[static_cast<size_t>(i)] - static_cast<float>(i)) > 2) {
        return Result::failure(cat("wrong at ", i));
      }
    }
    return result;
  }));
  MeshStats stats = world.meshes[0]->stats();
  EXPECT_GT(stats.bytes_received, kCount * 4 * 2 / 3 - 10'000);
  EXPECT_LT(stats.bytes_received, kCount * 4 * 2 / 3 + 10'000);
  EXPECT_GT(stats.bytes_sent, kCount * 4 * 2 / 3 - 10'000);
  EXPECT_GE(stats.wait_seconds, 0);
}

// What comes from others is rounded, what is summed of it is not; gathered numbers are rounded for
// everybody.
TEST(Collectives, round_what_travels) {
  constexpr int64_t kCount = 300'007;
  for (DType wire : {DType::bf16, DType::f16}) {
    auto rounded = [&](float value) {
      uint16_t half;
      narrow(wire, &value, &half, 1);
      widen(wire, &half, &value, 1);
      return value;
    };
    auto number = [](int rank, int64_t i) {
      return static_cast<float>(rank + 1) + static_cast<float>(i % 1000) * 0.001f;
    };
    World world(3);
    expect_ok(world.run([&](Mesh& mesh) {
      std::vector<float> own, all(kCount, -1.f);
      for (int64_t i = 0; i < kCount; ++i) own.push_back(number(mesh.rank(), i));
      Partial node{0, mesh.rank(), own.data(), {1.0}};
      std::vector<double> scalars;
      Slice mine = slice_of(kCount, mesh.rank(), 3);
      Result result =
          mesh.reduce_scatter(std::span(&node, 1), kCount, all.data() + mine.begin, &scalars, wire);
      for (int64_t i = mine.begin; i < mine.end && result.ok(); ++i) {
        float x[3];
        for (int r = 0; r < 3; ++r) x[r] = r == mesh.rank() ? number(r, i) : rounded(number(r, i));
        if (all[static_cast<size_t>(i)] != x[0] + x[1] + x[2]) return Result::failure("sum");
        all[static_cast<size_t>(i)] = number(7, i);
      }
      if (result.ok()) result = mesh.all_gather(all.data(), kCount, wire, nullptr);
      for (int64_t i = 0; i < kCount && result.ok(); ++i) {
        if (all[static_cast<size_t>(i)] != rounded(number(7, i))) return Result::failure("gather");
      }
      return result;
    }));
    EXPECT_LT(world.meshes[0]->stats().bytes_sent, kCount * 2 * 4 / 3 + 1000);
  }
}

TEST(Collectives, give_the_same_bits_for_every_number_of_workers) {
  constexpr int64_t kCount = 5'003;
  std::vector<std::vector<float>> sums;
  for (int workers : {1, 2, 3, 5}) {
    World world(workers);
    std::vector<std::vector<float>> all(static_cast<size_t>(workers), std::vector<float>(kCount));
    expect_ok(world.run([&](Mesh& mesh) {
      TreeAccumulator sum(std::make_shared<BufferPool>(kCount));
      add_leaves(&sum, 16 * mesh.rank() / workers, 16 * (mesh.rank() + 1) / workers);
      float* mine = all[static_cast<size_t>(mesh.rank())].data();
      std::vector<double> scalars;
      Result result = mesh.reduce_scatter(sum.nodes(), kCount,
                                          mine + slice_of(kCount, mesh.rank(), workers).begin,
                                          &scalars, DType::f32);
      return result.ok() ? mesh.all_gather(mine, kCount, DType::f32, nullptr) : result;
    }));
    for (auto& one : all) sums.push_back(std::move(one));
  }
  for (auto& sum : sums) {
    EXPECT_EQ(std::memcmp(sum.data(), sums[0].data(), sum.size() * sizeof(float)), 0);
  }
}

// The comparison above can fail: a worker that adds its leaves in another order is noticed.
TEST(Collectives, planted_fault_in_the_order_of_a_sum_is_noticed) {
  World world(2);
  constexpr int64_t kCount = 1000;
  auto results = world.run([&](Mesh& mesh) {
    std::vector<float> naive(kCount, 0.f), out(kCount);
    for (int64_t leaf = 8 * mesh.rank(); leaf < 8 * mesh.rank() + 8; ++leaf) {
      if (leaf_is_empty(leaf)) continue;
      for (int64_t i = 0; i < kCount; ++i) naive[static_cast<size_t>(i)] += leaf_value(leaf, i);
    }
    std::vector<double> scalars;
    std::vector<Partial> nodes = {{3, mesh.rank(), naive.data(), {}}};
    Slice mine = slice_of(kCount, mesh.rank(), 2);
    Result result = mesh.reduce_scatter(nodes, kCount, out.data(), &scalars, DType::f32);
    auto expected = plain_sum(16, kCount);
    bool same = std::memcmp(out.data(), expected.data() + mine.begin,
                            static_cast<size_t>(mine.size()) * sizeof(float)) == 0;
    return same ? result : Result::failure("differs");
  });
  for (auto& result : results) EXPECT_EQ(result.message(), "differs");
}

TEST(Collectives, take_many_nodes_of_one_worker) {
  World world(3);
  expect_ok(world.run([&](Mesh& mesh) {
    constexpr int64_t kCount = 20'000;
    std::vector<std::vector<float>> leaves;
    std::vector<Partial> nodes;
    for (int64_t leaf = mesh.rank(); leaf < 90; leaf += 3) {
      leaves.emplace_back(kCount);
      for (int64_t i = 0; i < kCount; ++i) {
        leaves.back()[static_cast<size_t>(i)] = leaf_value(leaf, i);
      }
      nodes.push_back({0, leaf, leaf_is_empty(leaf) ? nullptr : leaves.back().data(), {}});
    }
    std::vector<float> out(kCount);
    std::vector<double> scalars;
    Result result = mesh.reduce_scatter(nodes, kCount, out.data(), &scalars, DType::f32);
    if (!result.ok()) return result;
    auto expected = plain_sum(90, kCount);
    Slice mine = slice_of(kCount, mesh.rank(), 3);
    bool same = std::memcmp(out.data(), expected.data() + mine.begin,
                            static_cast<size_t>(mine.size()) * sizeof(float)) == 0;
    return same ? Result::success() : Result::failure("differs");
  }));
}

TEST(Collectives, work_over_ipv6) {
  std::vector<Door> doors;
  try {
    for (int i = 0; i < 2; ++i) doors.emplace_back(ListenerOptions{}, "::1");
  } catch (const SystemError&) {
    GTEST_SKIP() << "no IPv6 here";
  }
  std::vector<std::unique_ptr<Mesh>> meshes;
  expect_ok(form(doors, specs(doors), &meshes));
}

}  // namespace
}  // namespace firesteel::testing
