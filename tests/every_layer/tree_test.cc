// SPDX-License-Identifier: Apache-2.0
// BinaryTreeLSTM on trees of different sizes: missing nodes are as if they were not there.
#include <gtest/gtest.h>

#include "nn/layer_run.h"

namespace firesteel::testing {
namespace {

constexpr int64_t kIn = 3, kHidden = 4;

LayerRun tree(int64_t rows, int64_t nodes) {
  Sample sample{.attrs = {{"input_size", kIn}, {"hidden_size", kHidden}},
                .in = {{rows, nodes, kIn}, {rows, nodes, 2}}};
  return {"BinaryTreeLSTM", sample, {.dtype = DType::f64, .input_gradients = true}};
}

TEST(BinaryTree, MissingNodesAreZero) {
  // ((0 1) 2), and (0 1) with two nodes missing.
  LayerRun both = tree(2, 5), alone = tree(1, 3);
  const std::vector<double> large = {-1, -1, -1, -1, -1, -1, 0, 1, 3, 2},
                            small = {-1, -1, -1, -1, 0, 1, -2, -2, -2, -2};
  auto at = both.variables.begin() + 2 * 5 * kIn;
  at = std::copy(large.begin(), large.end(), at);
  std::copy(small.begin(), small.end(), at);
  // The second tree alone, with the same numbers and parameters.
  auto to = std::copy_n(both.variables.begin() + 5 * kIn, 3 * kIn, alone.variables.begin());
  to = std::copy_n(small.begin(), 6, to);
  std::copy(both.variables.begin() + 2 * 5 * (kIn + 2), both.variables.end(), to);
  both.run();
  alone.run();
  for (size_t i = 0; i < 3 * kHidden; ++i) {
    EXPECT_NEAR(both.output[5 * kHidden + i], alone.output[i], 1e-12);
  }
  for (size_t i = 8 * kHidden; i < 10 * kHidden; ++i) EXPECT_EQ(both.output[i], 0);
  for (size_t i = 8 * kIn; i < 10 * kIn; ++i) EXPECT_EQ(both.gradient[i], 0);
}

TEST(BinaryTree, EmbeddingsOfInnerNodesDoNotMatter) {
  LayerRun run = tree(1, 3);
  const std::vector<double> children = {-1, -1, -1, -1, 0, 1};
  std::copy(children.begin(), children.end(), run.variables.begin() + 3 * kIn);
  run.run();
  auto before = run.output;
  for (size_t i = 0; i < kIn; ++i) {
    EXPECT_NE(run.gradient[i], 0);
    EXPECT_EQ(run.gradient[2 * kIn + i], 0);
    run.variables[2 * kIn + i] += 1;
  }
  run.run();
  EXPECT_EQ(run.output, before);
}

}  // namespace
}  // namespace firesteel::testing
