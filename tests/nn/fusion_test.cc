// SPDX-License-Identifier: Apache-2.0
// Fused plans against the same graphs without fusion on plain loops.
#include "nn/fusion.h"

#include <gtest/gtest.h>

#include "core/buffer.h"
#include "core/rng.h"
#include "nn/model.h"
#include "nn/models/zoo.h"
#include "nn/plan.h"

namespace firesteel {
namespace {

constexpr int64_t kBatch = 3;

struct Results {
  std::vector<float> output, input_gradient, gradients;
  size_t arena_bytes = 0;
};

Results run(const Graph& graph, Env env) {
  env.input_gradients = env.training;
  Model model = Model::make(graph, 7);
  // Not the first values: an offset of zero would hide one that is left out.
  Rng rng(3);
  for (const Param& p : model.table.params()) {
    for (int64_t i = p.offset; i < p.offset + p.size; ++i) {
      float& v = model.values[static_cast<size_t>(i)];
      v = p.spec.name == "running_var" ? 0.5f + std::abs(rng.normal()) : v + 0.3f * rng.normal();
    }
  }
  PackedParams packed(env, model.values.data());
  auto plan = compile(model.graph, model.table, kBatch, env, packed);
  AlignedBuffer arena(plan->arena_bytes());
  plan->bind(arena.data());
  int64_t inputs = kBatch * numel(model.input_shape());
  auto* x = static_cast<float*>(plan->input());
  for (int64_t i = 0; i < inputs; ++i) x[i] = rng.normal();
  std::vector<int64_t> samples = {5, 6, 7};
  Results results{.arena_bytes = plan->arena_bytes()};
  plan->forward({.seed = 1, .step = 0, .samples = samples});
  auto* y = static_cast<const float*>(plan->output());
  int64_t outputs = numel(plan->output_shape());
  results.output.assign(y, y + outputs);
  if (!env.training) return results;
  auto* dy = static_cast<float*>(plan->output_gradient());
  for (int64_t i = 0; i < outputs; ++i) dy[i] = rng.normal();
  results.gradients.resize(model.values.size());
  plan->backward(results.gradients.data());
  auto* dx = static_cast<const float*>(plan->input_gradient());
  results.input_gradient.assign(dx, dx + inputs);
  return results;
}

void expect_close(const std::vector<float>& a, const std::vector<float>& b, const char* what) {
  ASSERT_EQ(a.size(), b.size());
  float largest = 1;
  for (float v : b) largest = std::max(largest, std::abs(v));
  for (size_t i = 0; i < a.size(); ++i)
    ASSERT_NEAR(a[i], b[i], 3e-5f * largest) << what << " " << i;
}

struct Net {
  Graph graph;
  int count = 0;

  Ref add(const std::string& kind, const Attrs& attrs, std::vector<Ref> inputs) {
    return graph.add(cat("n", count++), layer(kind, attrs), std::move(inputs));
  }
  Ref conv(Ref x, int64_t in, int64_t out, int64_t kernel = 3, bool bias = false) {
    return add("Conv2d",
               {{"in_channels", in},
                {"out_channels", out},
                {"kernel_size", Dims{kernel}},
                {"padding", Dims{kernel / 2}},
                {"bias", bias}},
               {x});
  }
  Ref norm(Ref x, int64_t channels) { return add("BatchNorm", {{"num_features", channels}}, {x}); }
  Ref relu(Ref x) { return add("ReLU", {}, {x}); }
  Ref sum(Ref a, Ref b) { return add("Add", {}, {a, b}); }
  Ref join(std::vector<Ref> inputs) { return add("Concat", {}, std::move(inputs)); }
};

// Graphs in which something can be fused, or must not be.
struct Case {
  const char* name;
  Ref (*make)(Net& net, Ref x, int64_t c);  // c channels in and out of every value
};
const Case kCases[] = {
    {"conv_relu", [](Net& n, Ref x, int64_t c) { return n.relu(n.conv(x, c, c, 3, true)); }},
    {"conv_norm_relu", [](Net& n, Ref x, int64_t c) { return n.relu(n.norm(n.conv(x, c, c), c)); }},
    {"norm_first", [](Net& n, Ref x, int64_t c) { return n.conv(n.relu(n.norm(x, c)), c, c); }},
    {"biased_conv_norm",
     [](Net& n, Ref x, int64_t c) { return n.conv(n.norm(n.conv(x, c, c, 3, true), c), c, c); }},
    {"residual",
     [](Net& n, Ref x, int64_t c) {
       Ref y = n.relu(n.norm(n.conv(x, c, c), c));
       Ref z = n.norm(n.conv(y, c, c), c);
       return n.conv(n.relu(n.sum(z, y)), c, c, 1);
     }},
    {"residual_of_the_input",
     [](Net& n, Ref x, int64_t c) { return n.relu(n.sum(x, n.norm(n.conv(x, c, c), c))); }},
    {"projected_residual",
     [](Net& n, Ref x, int64_t c) {
       Ref y = n.norm(n.conv(x, c, c), c);
       return n.relu(n.sum(y, n.norm(n.conv(x, c, c, 1), c)));
     }},
    {"conv_sum_read_twice",
     [](Net& n, Ref x, int64_t c) {
       Ref y = n.conv(x, c, c, 3, true);
       Ref z = n.sum(n.conv(y, c, c, 1, true), y);
       return n.sum(n.relu(z), y);
     }},
    {"norm_read_twice",
     [](Net& n, Ref x, int64_t c) {
       Ref y = n.norm(n.conv(x, c, c), c);
       return n.sum(n.relu(y), y);
     }},
    {"sum_with_itself",
     [](Net& n, Ref x, int64_t c) {
       Ref y = n.conv(x, c, c);
       return n.relu(n.sum(y, y));
     }},
    {"branches",
     [](Net& n, Ref x, int64_t c) {
       Ref y = n.relu(n.norm(n.conv(x, c, c), c));
       Ref a = n.relu(n.norm(n.conv(y, c, c, 1), c));
       Ref b = n.relu(n.norm(n.conv(y, c, 2 * c), 2 * c));
       Ref d = n.add("MaxPool2d",
                     {{"kernel_size", Dims{3}}, {"stride", Dims{1}}, {"padding", Dims{1}}}, {y});
       return n.conv(n.join({a, b, y, d}), 5 * c, c);
     }},
    {"relu6",
     [](Net& n, Ref x, int64_t c) {
       Ref y = n.add("ReLU6", {}, {n.conv(x, c, c, 3, true)});
       Ref z = n.sum(n.norm(n.conv(y, c, c, 1), c), y);
       return n.add("ReLU6", {}, {n.norm(n.conv(n.add("ReLU6", {}, {z}), c, c), c)});
     }},
    {"join_of_joins",
     [](Net& n, Ref x, int64_t c) {
       Ref y = n.conv(x, c, c);
       Ref a = n.join({n.relu(n.norm(y, c)), n.norm(n.conv(y, c, c), c)});
       Ref b = n.join({a, n.relu(n.norm(n.conv(y, c, c, 1), c))});
       return n.conv(n.relu(b), 3 * c, c);
     }},
    {"join_is_output",
     [](Net& n, Ref x, int64_t c) {
       return n.join({n.relu(n.norm(n.conv(x, c, c), c)), n.norm(n.conv(x, c, c, 1), c)});
     }},
};

class Fusion : public ::testing::TestWithParam<std::tuple<size_t, int64_t, bool>> {};

TEST_P(Fusion, GivesTheSame) {
  auto [index, channels, training] = GetParam();
  Net net;
  Ref x = net.graph.input("input", {channels, 5, 6});
  net.graph.output(kCases[index].make(net, x, channels));
  Results expected = run(net.graph, {.reference = true, .training = training, .fuse = false});
  for (bool reference : {true, false}) {
    Results fused = run(net.graph, {.reference = reference, .training = training});
    expect_close(fused.output, expected.output, "output");
    expect_close(fused.input_gradient, expected.input_gradient, "input gradient");
    expect_close(fused.gradients, expected.gradients, "gradient");
  }
}

INSTANTIATE_TEST_SUITE_P(Graphs, Fusion,
                         ::testing::Combine(::testing::Range<size_t>(0, std::size(kCases)),
                                            ::testing::Values(3, 16, 24), ::testing::Bool()),
                         [](const auto& info) {
                           return cat(kCases[std::get<0>(info.param)].name, "_",
                                      std::get<1>(info.param),
                                      std::get<2>(info.param) ? "_training" : "_inference");
                         });

TEST_P(Fusion, RecomputingChangesNoBit) {
  auto [index, channels, training] = GetParam();
  Net net;
  Ref x = net.graph.input("input", {channels, 5, 6});
  net.graph.output(kCases[index].make(net, x, channels));
  Results kept = run(net.graph, {.training = training, .recompute = false});
  Results recomputed = run(net.graph, {.training = training, .recompute = true});
  EXPECT_EQ(kept.output, recomputed.output);
  EXPECT_EQ(kept.input_gradient, recomputed.input_gradient);
  EXPECT_EQ(kept.gradients, recomputed.gradients);
}

TEST(Recompute, SavesMemory) {
  Net net;
  Ref x = net.graph.input("input", {16, 32, 32});
  for (int i = 0; i < 8; ++i) x = net.relu(net.norm(net.conv(x, 16, 16), 16));
  net.graph.output(x);
  // Of each block the convolution's result is kept, and that of ReLU is not.
  EXPECT_LT(run(net.graph, {.recompute = true}).arena_bytes,
            0.8 * static_cast<double>(run(net.graph, {.recompute = false}).arena_bytes));
}

TEST(Fusion, TakesWhatItCan) {
  Net net;
  Ref x = net.graph.input("input", {16, 5, 6});
  Ref y = net.relu(net.norm(net.conv(x, 16, 16), 16));                // n0 n1 n2
  net.graph.output(net.relu(net.sum(net.norm(net.conv(y, 16, 16), 16), y)));  // n3 n4 n5 n6
  std::vector<bool> used(net.graph.nodes().size(), true);
  Fusions training = find_fusions(net.graph, used, {.training = true});
  EXPECT_EQ(training.head, (std::vector<int>{0, 1, 2, 2, 4, 5, 5, 5}));
  Fusions inference = find_fusions(net.graph, used, {.training = false});
  EXPECT_EQ(inference.head, (std::vector<int>{0, 1, 1, 1, 4, 4, 4, 4}));
  EXPECT_EQ(inference.fused[4].addend.node, 3);
}

}  // namespace
}  // namespace firesteel
