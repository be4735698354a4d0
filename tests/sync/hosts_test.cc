// SPDX-License-Identifier: Apache-2.0
// Workers that share machines, and numbers of which most are zero.
#include <gtest/gtest.h>

#include <cstring>

#include "core/narrow.h"
#include "sync/block_mask.h"
#include "sync/hosts.h"
#include "tests/sync/expect.h"
#include "tests/sync/workers.h"

namespace firesteel::testing {
namespace {

class Machines : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Layouts, Machines,
                         ::testing::Values("ab", "aa", "aab", "aabb", "abab", "abbb", "aaaabb",
                                           "abcab", "aabbccdd", "aaaaabbc"));

TEST_P(Machines, sum_to_the_bits_of_the_plain_tree) {
  World world{std::string(GetParam())};
  for (int64_t leaves : {0, 1, 3, 7, 16, 41}) {
    for (int64_t count : {0, 1, 17, 333, 22'278}) {
      expect_ok(world.run([&](Mesh& mesh) { return sum_and_check(mesh, leaves, count); }));
    }
  }
}

TEST_P(Machines, pass_every_slice_once_on_each_machine) {
  std::string layout = GetParam();
  Hosts hosts(std::vector<std::string>(layout.size(), ""));
  std::vector<std::string> of;
  for (char machine : layout) of.emplace_back(1, machine);
  hosts = Hosts(of);
  int size = static_cast<int>(layout.size());
  for (int owner = 0; owner < size; ++owner) {
    for (char machine : layout) {
      int passing = 0;
      for (int rank = 0; rank < size; ++rank) {
        bool here = layout[static_cast<size_t>(rank)] == machine;
        passing += here && hosts.passes(rank, owner);
      }
      EXPECT_EQ(passing, 1) << owner << " on " << machine;
    }
  }
}

TEST(Machines, send_less_to_each_other_than_their_workers_would) {
  constexpr int64_t kCount = 1'000'000, kBytes = kCount * 4;
  auto away = [&](bool by_host) {
    World world("aaabbb", [&](MeshSpec& spec) { spec.by_host = by_host; });
    expect_ok(world.run([&](Mesh& mesh) { return sum_and_check(mesh, 12, kCount); }));
    int64_t bytes = 0;
    for (int rank = 0; rank < 3; ++rank) {
      bytes += world.meshes[static_cast<size_t>(rank)]->stats().bytes_sent_away;
    }
    return bytes;
  };
  // Leaves 0 to 5 of 12 are two nodes: half of two, and half of the parameters.
  EXPECT_NEAR(static_cast<double>(away(true)), 1.5 * kBytes, 0.01 * kBytes);
  // Each worker has one or two nodes; two leaves make one where the first has an even number.
  EXPECT_NEAR(static_cast<double>(away(false)), 3.0 * kBytes, 0.01 * kBytes);
}

// What a worker has of row r; few workers have anything of a row, and nobody of most.
float row_value(int64_t rank, int64_t row, int64_t i) {
  return (row * 7 + rank) % 11 == 0 ? leaf_value(rank, row * 100 + i) : 0.f;
}

class Sparse : public ::testing::TestWithParam<std::tuple<const char*, int64_t, DType>> {};
INSTANTIATE_TEST_SUITE_P(
    Layouts, Sparse,
    ::testing::Combine(::testing::Values("a", "aa", "aaa", "abc", "aab", "aabbb"),
                       ::testing::Values(0, 5, 1000, 21'003),
                       ::testing::Values(DType::f32, DType::bf16, DType::f16)));

// Sums of numbers that travel sparse are those of all numbers, bit by bit, and so is what is gathered.
TEST_P(Sparse, numbers_are_those_that_travel_dense) {
  auto [machines, rows, type] = GetParam();
  constexpr int64_t kRow = 24;
  int64_t count = rows * kRow;
  World world{std::string(machines)};
  expect_ok(world.run([&, type = type, rows = rows](Mesh& mesh) {
    auto size = static_cast<size_t>(count);
    std::vector<float> numbers(size), dense(size), sparse(size), values(size), all(size);
    for (int64_t i = 0; i < count; ++i) {
      numbers[static_cast<size_t>(i)] = row_value(mesh.rank(), i / kRow, i % kRow);
      values[static_cast<size_t>(i)] = static_cast<float>(i % 50);
    }
    if (count > 0) numbers[0] = -0.f;
    std::vector<Partial> nodes = {{0, mesh.rank(), numbers.data(), {1.0}}};
    std::vector<double> scalars;
    Slice mine = slice_of(count, mesh.rank(), mesh.size());
    auto bytes = static_cast<size_t>(mine.size()) * sizeof(float);
    Result result = mesh.reduce_scatter(nodes, count, dense.data(), &scalars, type);
    if (!result.ok()) return result;
    int64_t sent = mesh.stats().bytes_sent;
    result = mesh.reduce_scatter(nodes, count, sparse.data(), &scalars, {type, true});
    if (!result.ok()) return result;
    int64_t sent_sparse = mesh.stats().bytes_sent - sent;
    if (std::memcmp(dense.data(), sparse.data(), bytes) != 0) return Result::failure("sums differ");
    if (scalars != std::vector<double>{static_cast<double>(mesh.size())}) {
      return Result::failure("scalars differ");
    }
    if (rows > 10'000 && sent_sparse > sent / 2) return Result::failure("is not sparse");

    // Some of this worker's rows become others.
    all = values;
    for (int64_t i = mine.begin; i < mine.end; ++i) {
      if (i / kRow % 5 == 0) all[static_cast<size_t>(i)] = leaf_value(77, i);
    }
    std::vector<float> expected = all;
    result = mesh.all_gather(expected.data(), count, type, nullptr);
    if (!result.ok()) return result;
    sent = mesh.stats().bytes_sent;
    result = mesh.all_gather(all.data(), count, {type, true}, values.data() + mine.begin);
    if (!result.ok()) return result;
    sent_sparse = mesh.stats().bytes_sent - sent;
    if (all != expected) return Result::failure("gathered numbers differ");
    int64_t parts = mesh.size() == 1 ? 0 : mine.size();
    if (rows > 10'000 && parts > 0 && sent_sparse > count * 4 / 2) {
      return Result::failure("changes are not sparse");
    }
    return Result::success();
  }));
}

TEST(BlockMask, has_the_blocks_that_differ) {
  std::vector<float> numbers(16 * 200 + 3), before;
  for (size_t at :
       {size_t{0}, size_t{17}, size_t{16 * 64 - 1}, size_t{16 * 190}, numbers.size() - 1}) {
    numbers[at] = -0.f;
  }
  auto runs = [](const BlockMask& mask, int64_t begin, int64_t end) {
    std::vector<std::pair<int64_t, int64_t>> found;
    mask.each_run(begin, end, [&](int64_t at, int64_t n) { found.push_back({at, n}); });
    return found;
  };
  using Runs = std::vector<std::pair<int64_t, int64_t>>;
  auto count = static_cast<int64_t>(numbers.size());
  BlockMask mask(numbers.data(), nullptr, count);
  EXPECT_EQ(runs(mask, 0, count), (Runs{{0, 32}, {16 * 63, 16}, {16 * 190, 16}, {16 * 200, 3}}));
  EXPECT_EQ(runs(mask, 16, 16 * 64), (Runs{{16, 16}, {16 * 63, 16}}));
  EXPECT_EQ(mask.numbers(0, count), 67);
  before = numbers;
  before[17] = 1;
  BlockMask changed(numbers.data(), before.data(), count);
  EXPECT_EQ(runs(changed, 0, count), (Runs{{16, 16}}));
  BlockMask sent(changed.text().data(), count);
  EXPECT_EQ(runs(sent, 0, count), (Runs{{16, 16}}));
}

}  // namespace
}  // namespace firesteel::testing
