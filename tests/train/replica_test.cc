// SPDX-License-Identifier: Apache-2.0
#include "train/replica.h"

#include <gtest/gtest.h>

#include "nn/model.h"
#include "nn/models/zoo.h"

namespace firesteel {
namespace {

TEST(PaddedRows, GoIntoPlansOfAboutTheirLength) {
  constexpr int64_t kWidth = 6;
  Sequential net(Shape{100, kWidth}, -1.f);
  net.add(layer(
      "LSTM", {{"input_size", kWidth}, {"hidden_size", int64_t{3}}, {"return_sequences", false}}));
  Model model = Model::make(net.graph(), 1);
  Env env{.training = false};
  PackedParams packed(env, model.values.data());
  Replica replica(model.graph, model.table, env, packed, nullptr);
  auto steps_for = [&](const std::vector<int64_t>& lengths) {
    auto rows = static_cast<int64_t>(lengths.size());
    Plan& plan = replica.filled_plan(rows, rows, [&](float* x) {
      std::fill_n(x, rows * 100 * kWidth, -1.f);
      for (int64_t n = 0; n < rows; ++n) {
        // The last number of a step may be padding.
        if (lengths[static_cast<size_t>(n)] > 0) {
          x[(n * 100 + lengths[static_cast<size_t>(n)] - 1) * kWidth] = 0.5f;
        }
      }
    });
    return plan.steps();
  };
  EXPECT_EQ(steps_for({3, 5, 2}), 5);
  EXPECT_EQ(replica.lengths, (std::vector<int64_t>{3, 5, 2}));
  EXPECT_EQ(steps_for({0, 17}), 18);
  EXPECT_EQ(replica.lengths, (std::vector<int64_t>{1, 17}));
  EXPECT_EQ(steps_for({70}), 72);
  EXPECT_EQ(steps_for({99}), 100);
  EXPECT_EQ(replica.plan(2).steps(), 100);
}

}  // namespace
}  // namespace firesteel
