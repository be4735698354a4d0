// SPDX-License-Identifier: Apache-2.0
// Fused plans against the same graphs without fusion on plain loops.
#include "nn/fusion.h"

#include <gtest/gtest.h>

#include "backend/kernels/isa.h"
#include "tests/nn/small_nets.h"

namespace firesteel::testing {
namespace {

void expect_close(const std::vector<float>& a, const std::vector<float>& b, const char* what) {
  ASSERT_EQ(a.size(), b.size());
  float largest = 1;
  for (float v : b) largest = std::max(largest, std::abs(v));
  for (size_t i = 0; i < a.size(); ++i)
    ASSERT_NEAR(a[i], b[i], 3e-5f * largest) << what << " " << i;
}

class Fusion : public ::testing::TestWithParam<std::tuple<size_t, int64_t, bool>> {};

TEST_P(Fusion, GivesTheSame) {
  auto [index, channels, training] = GetParam();
  Graph graph = graph_of(kCases[index], channels);
  Results expected = run(graph, {.reference = true, .training = training, .fuse = false});
  for (bool reference : {true, false}) {
    Results fused = run(graph, {.reference = reference, .training = training});
    expect_close(fused.output, expected.output, "output");
    expect_close(fused.input_gradient, expected.input_gradient, "input gradient");
    expect_close(fused.gradients, expected.gradients, "gradient");
  }
}

INSTANTIATE_TEST_SUITE_P(Graphs, Fusion,
                         ::testing::Combine(::testing::Range<size_t>(0, kCases.size()),
                                            ::testing::Values(3, 16, 24), ::testing::Bool()),
                         [](const auto& info) {
                           return cat(name_of(std::get<0>(info.param), std::get<1>(info.param)),
                                      std::get<2>(info.param) ? "_training" : "_inference");
                         });

TEST_P(Fusion, RecomputingChangesNoBit) {
  auto [index, channels, training] = GetParam();
  Graph graph = graph_of(kCases[index], channels);
  Results kept = run(graph, {.training = training, .recompute = Recompute::none});
  Results recomputed = run(graph, {.training = training, .recompute = Recompute::cheap});
  EXPECT_EQ(kept.output, recomputed.output);
  EXPECT_EQ(kept.input_gradient, recomputed.input_gradient);
  EXPECT_EQ(kept.gradients, recomputed.gradients);
}

// A batch of one part, whose sums are its own.
struct OnePart final : BatchSums {
  void add_up(std::vector<double>&) override {}
};

TEST_P(Fusion, SumsOfOnePartChangeNothing) {
  auto [index, channels, training] = GetParam();
  if (!training) GTEST_SKIP() << "no statistics of a batch";
  Graph graph = graph_of(kCases[index], channels);
  OnePart sums;
  for (bool reference : {true, false}) {
    Env env{.reference = reference};
    Results alone = run(graph, env), synchronised = run(graph, env, &sums);
    expect_close(synchronised.output, alone.output, "output");
    expect_close(synchronised.input_gradient, alone.input_gradient, "input gradient");
    expect_close(synchronised.gradients, alone.gradients, "gradient");
  }
}

TEST(Recompute, SavesMemory) {
  Net net;
  Ref x = net.graph.input("input", {16, 32, 32});
  for (int i = 0; i < 8; ++i) x = net.relu(net.norm(net.conv(x, 16, 16), 16));
  net.graph.output(x);
  // Of each block the convolution's result is kept, and that of ReLU is not.
  EXPECT_LT(run(net.graph, {.recompute = Recompute::cheap}).arena_bytes,
            0.8 * static_cast<double>(run(net.graph, {.recompute = Recompute::none}).arena_bytes));
}

TEST(Fusion, TakesWhatItCan) {
  Net net;
  Ref x = net.graph.input("input", {16, 5, 6});
  Ref y = net.relu(net.norm(net.conv(x, 16, 16), 16));                // n0 n1 n2
  net.graph.output(net.relu(net.sum(net.norm(net.conv(y, 16, 16), 16), y)));  // n3 n4 n5 n6
  std::vector<bool> used(net.graph.nodes().size(), true);
  Fusions training = find_fusions(net.graph, net.graph.infer(1), used, {.training = true});
  EXPECT_EQ(training.head, (std::vector<int>{0, 1, 2, 2, 4, 5, 5, 5}));
  Fusions inference = find_fusions(net.graph, net.graph.infer(1), used, {.training = false});
  EXPECT_EQ(inference.head, (std::vector<int>{0, 1, 1, 1, 4, 4, 4, 4}));
  EXPECT_EQ(inference.fused[4].addend.node, 3);
}

TEST(Fusion, TakesADepthwiseConvolution) {
  Net net;
  Ref x = net.graph.input("input", {16, 5, 6});
  Ref y = net.relu(net.norm(net.conv(x, 16, 32, 1), 32));   // n0 n1 n2
  Ref z = net.relu(net.norm(net.depthwise(y, 32, 2), 32));  // n3 n4 n5
  net.graph.output(net.conv(z, 32, 16, 1));                 // n6
  std::vector<bool> used(net.graph.nodes().size(), true);
  auto heads = [&](const Env& env) {
    return find_fusions(net.graph, net.graph.infer(1), used, env).head;
  };
  std::vector<int> apart = {0, 1, 1, 1, 4, 4, 4, 7}, together = {0, 1, 1, 1, 1, 1, 1, 7};
  bool possible = kernels::isa() != kernels::Isa::sse41;
  EXPECT_EQ(heads({.training = false}), possible ? together : apart);
  EXPECT_EQ(heads({.reference = true, .training = false}), apart);
}

}  // namespace
}  // namespace firesteel::testing
