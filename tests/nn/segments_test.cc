// SPDX-License-Identifier: Apache-2.0
#include "nn/segments.h"

#include <gtest/gtest.h>

#include "tests/nn/small_nets.h"

namespace firesteel::testing {
namespace {

// A chain in which each node makes a value of so many bytes for the next one, and keeps as many.
SegmentCosts chain(const std::vector<size_t>& bytes) {
  SegmentCosts costs{{}, bytes, std::vector<bool>(bytes.size(), true)};
  for (size_t i = 0; i + 1 < bytes.size(); ++i) costs.values.push_back({i, i + 1, bytes[i]});
  return costs;
}

TEST(FindSegments, TakesTheRootOfAChain) {
  auto begins = find_segments(chain(std::vector<size_t>(100, 1)));
  EXPECT_GE(begins.size(), 8U);  // 9 kept and 10 inside at best
  EXPECT_LE(begins.size(), 12U);
  EXPECT_EQ(begins[0], 0U);
}

TEST(FindSegments, CutsWhereValuesAreSmall) {
  EXPECT_EQ(find_segments(chain({9, 9, 1, 9, 9})), (std::vector<size_t>{0, 3}));
}

TEST(FindSegments, CutsOnlyWhereItMay) {
  SegmentCosts costs = chain({9, 9, 1, 9, 9});
  costs.cut[2] = false;
  for (size_t begin : find_segments(costs)) EXPECT_NE(begin, 3U);
}

TEST(FindSegments, CountsAValueOnceThatManyRead) {
  SegmentCosts costs = chain(std::vector<size_t>(16, 4));
  costs.values.push_back({0, 15, 1});
  EXPECT_GT(find_segments(costs).size(), 2U);
}

TEST(FindSegments, TakesSmallOnesAsTheyAre) {
  EXPECT_TRUE(find_segments({}).empty());
  EXPECT_EQ(find_segments(chain({5})), (std::vector<size_t>{0}));
  EXPECT_EQ(find_segments(chain({0, 0})), (std::vector<size_t>{0}));
}

class Segments : public ::testing::TestWithParam<std::tuple<size_t, int64_t>> {};

TEST_P(Segments, ChangeNoBit) {
  auto [index, channels] = GetParam();
  Graph graph = graph_of(kCases[index], channels);
  for (bool reference : {true, false}) {
    Results kept = run(graph, {.reference = reference, .recompute = Recompute::none});
    Results again = run(graph, {.reference = reference, .recompute = Recompute::segments});
    EXPECT_EQ(kept.output, again.output);
    EXPECT_EQ(kept.input_gradient, again.input_gradient);
    EXPECT_EQ(kept.gradients, again.gradients);
  }
}

INSTANTIATE_TEST_SUITE_P(Graphs, Segments,
                         ::testing::Combine(::testing::Range<size_t>(0, kCases.size()),
                                            ::testing::Values(3, 16)),
                         [](const auto& info) {
                           return name_of(std::get<0>(info.param), std::get<1>(info.param));
                         });

// Deep nets of every form: residual blocks, joins, dropout, and statistics of a batch.
Graph deep(int blocks) {
  Net net;
  Ref x = net.graph.input("input", {16, 12, 12});
  for (int i = 0; i < blocks; ++i) {
    Ref y = net.relu(net.norm(net.conv(x, 16, 16), 16));
    if (i % 3 == 0) {
      x = net.relu(net.sum(net.norm(net.conv(y, 16, 16), 16), x));
    } else if (i % 3 == 1) {
      Ref a = net.relu(net.norm(net.conv(y, 16, 8, 1), 8)), b = net.relu(net.conv(y, 16, 8));
      x = net.join({a, b});
    } else {
      x = net.add("Dropout", {{"p", 0.3}}, {y});
    }
  }
  net.graph.output(x);
  return std::move(net.graph);
}

TEST(Segments, OfADeepNetChangeNoBitAndSaveMemory) {
  Graph graph = deep(24);
  for (bool fuse : {true, false}) {
    Results kept = run(graph, {.fuse = fuse, .recompute = Recompute::none});
    Results cheap = run(graph, {.fuse = fuse, .recompute = Recompute::cheap});
    Results again = run(graph, {.fuse = fuse, .recompute = Recompute::segments});
    EXPECT_EQ(kept.output, again.output);
    EXPECT_EQ(kept.input_gradient, again.input_gradient);
    EXPECT_EQ(kept.gradients, again.gradients);
    EXPECT_LT(2 * again.arena_bytes, cheap.arena_bytes);
  }
}

}  // namespace
}  // namespace firesteel::testing
