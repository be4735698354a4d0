// SPDX-License-Identifier: Apache-2.0
#include "nn/layers/arithmetic/broadcast.h"

#include <gtest/gtest.h>

#include <atomic>

#include "nn/fusion.h"
#include "tests/nn/small_nets.h"

namespace firesteel::testing {
namespace {

// Where the number of `shape` is that belongs to number `i` of `out`.
int64_t place_in(const Shape& shape, const Shape& out, int64_t i) {
  int64_t place = 0, stride = 1;
  size_t missing = out.size() - shape.size();
  for (size_t d = out.size(); d-- > 0; i /= out[d]) {
    if (d > 0 && d <= missing) continue;
    int64_t extent = shape[d == 0 ? 0 : d - missing];
    if (extent > 1) place += i % out[d] * stride;
    stride *= extent;
  }
  return place;
}

TEST(Broadcast, MeetsEveryNumberWithItsOwn) {
  const std::vector<Shapes> cases = {{{3, 4, 5}, {3, 4, 5}},
                                     {{3, 4, 5}, {3, 5}},
                                     {{3, 4, 1}, {3, 1, 5}},
                                     {{1, 4, 1}, {1, 1, 5}},
                                     {{2}, {2, 3, 4}},
                                     {{2, 1, 1}, {2, 1}},
                                     {{2, 3, 1, 700}, {2, 5, 1}},
                                     {{2, 6, 1, 1}, {2, 1, 7, 1}},
                                     {{1, 3000}, {1, 1}, {1, 3000}},
                                     {{32, 40, 1, 6}, {32, 30, 1}}};
  for (const Shapes& in : cases) {
    Shape out = broadcast_shape(in);
    Broadcast walk(in, out);
    std::vector<std::atomic<int>> met(static_cast<size_t>(numel(out)));
    walk.each_run([&](const Broadcast::Run& part) {
      for (int64_t i = 0; i < part.count(); ++i) {
        ++met[static_cast<size_t>(part.at + i)];
        for (size_t k = 0; k < in.size(); ++k) {
          int64_t row = i / part.width, place = place_in(in[k], out, part.at + i);
          EXPECT_EQ(part.in[k] + row * walk.row_step(k) + i % part.width * walk.step(k), place);
          EXPECT_TRUE(!walk.dense(k, part) || part.in[k] + i == place);
        }
      }
    });
    for (const auto& times : met) ASSERT_EQ(times.load(), 1);
  }
}

TEST(Broadcast, ShapesMustFit) {
  EXPECT_EQ(broadcast_shape({{2, 3, 1}, {2, 4}, {2, 1, 1, 1}}), (Shape{2, 1, 3, 4}));
  try {
    broadcast_shape({{2, 3, 4}, {2, 3}});
    FAIL();
  } catch (const ShapeError& e) {
    EXPECT_STREQ(e.what(),
                 "inputs must have the same extents, from the last one on, where none is 1, got "
                 "[3, 4] and [3]");
  }
}

// Graphs in which something is repeated, or read twice.
const std::vector<Case> kRepeating = {
    {"sum_of_a_pooled_map",
     [](Net& n, Ref x, int64_t c) {
       Ref pooled = n.add("AvgPool2d", {{"kernel_size", Dims{5, 6}}}, {x});
       return n.relu(n.sum(pooled, n.conv(x, c, c)));
     }},
    {"gate",
     [](Net& n, Ref x, int64_t c) {
       Ref y = n.conv(x, c, c);
       Ref pooled = n.add("AvgPool2d", {{"kernel_size", Dims{5, 6}}}, {y});
       return n.relu(n.add("Mul", {}, {y, n.conv(pooled, c, c, 1)}));
     }},
    {"sum_with_one_twice",
     [](Net& n, Ref x, int64_t c) {
       Ref y = n.conv(x, c, c), z = n.conv(x, c, c);
       return n.add("Add", {}, {y, z, y});
     }},
    {"product_with_one_twice",
     [](Net& n, Ref x, int64_t c) {
       Ref y = n.conv(x, c, c), z = n.conv(x, c, c);
       return n.conv(n.add("Mul", {}, {y, z, y}), c, c);
     }},
    {"largest_and_difference",
     [](Net& n, Ref x, int64_t c) {
       Ref y = n.conv(x, c, c), z = n.conv(x, c, c);
       return n.add("Sub", {}, {n.add("Maximum", {}, {y, z}), n.add("Minimum", {}, {y, x})});
     }},
};

void expect_close(const std::vector<float>& a, const std::vector<float>& b, const char* what) {
  ASSERT_EQ(a.size(), b.size());
  float largest = 1;
  for (float v : b) largest = std::max(largest, std::abs(v));
  for (size_t i = 0; i < a.size(); ++i) {
    ASSERT_NEAR(a[i], b[i], 3e-5f * largest) << what << " " << i;
  }
}

TEST(BroadcastGraphs, GiveTheSameFusedAndApart) {
  for (const Case& c : kRepeating) {
    SCOPED_TRACE(c.name);
    for (int64_t channels : {3, 16, 24}) {
      Graph graph = graph_of(c, channels);
      for (bool training : {true, false}) {
        Results plain = run(graph, {.reference = true, .training = training, .fuse = false});
        Results fused = run(graph, {.training = training});
        expect_close(fused.output, plain.output, "output");
        expect_close(fused.input_gradient, plain.input_gradient, "input gradient");
        expect_close(fused.gradients, plain.gradients, "gradient");
      }
    }
  }
}

TEST(BroadcastGraphs, ARepeatedSumStaysApart) {
  Graph graph = graph_of(kRepeating[0], 16);
  std::vector<bool> used(graph.nodes().size(), true);
  Fusions found = find_fusions(graph, graph.infer(1), used, {.training = false});
  EXPECT_EQ(found.head, (std::vector<int>{0, 1, 2, 3, 4}));
}

}  // namespace
}  // namespace firesteel::testing
