// SPDX-License-Identifier: Apache-2.0
// Attention of several inputs.
#include <gtest/gtest.h>

#include "core/buffer.h"
#include "nn/model.h"
#include "tests/nn/small_nets.h"
#include "tests/relative_distance.h"
#include "tests/skip_without_bf16.h"

namespace firesteel::testing {
namespace {

constexpr int64_t kSteps = 6, kWidth = 16;

Attrs with(Attrs attrs, const Attrs& more) {
  attrs.insert(attrs.end(), more.begin(), more.end());
  return attrs;
}
const Attrs kAttention = {{"embed_dim", kWidth}, {"num_heads", int64_t{2}}};

Ref linear(Net& net, Ref x, int64_t outputs) {
  return net.add("Linear", {{"in_features", kWidth}, {"out_features", outputs}}, {x});
}

// Attention of the same rows, so many times.
Graph of_itself(size_t times, const Attrs& attrs) {
  Net net;
  Ref x = net.graph.input("input", {kSteps, kWidth});
  net.graph.output(net.add("MultiHeadAttention", with(kAttention, attrs),
                           std::vector<Ref>(times, linear(net, x, kWidth))));
  return net.graph;
}

TEST(Attention, OfRowsAndThemselvesIsThatOfOneInput) {
  for (const Attrs& attrs :
       {Attrs{}, Attrs{{"causal", true}, {"bias", false}}, Attrs{{"dropout", 0.4}}}) {
    for (bool reference : {false, true}) {
      Env env{.reference = reference};
      Results one = run(of_itself(1, attrs), env);
      for (size_t times : {size_t{2}, size_t{3}}) {
        Results several = run(of_itself(times, attrs), env);
        EXPECT_LT(relative_distance(several.output, one.output), 1e-5);
        EXPECT_LT(relative_distance(several.input_gradient, one.input_gradient), 1e-5);
        EXPECT_LT(relative_distance(several.gradients, one.gradients), 1e-5);
      }
    }
  }
}

struct Several {
  const char* name;
  Ref (*make)(Net& net, Ref x);
};
const std::vector<Several> kSeveral = {
    {"two",
     [](Net& n, Ref x) {
       return n.add("MultiHeadAttention", kAttention, {x, linear(n, x, kWidth)});
     }},
    {"widths",
     [](Net& n, Ref x) {
       Attrs attrs = with(kAttention, {{"kdim", int64_t{8}}, {"vdim", int64_t{24}}});
       return n.add("MultiHeadAttention", attrs, {x, linear(n, x, 8), linear(n, x, 24)});
     }},
    {"without_projections",
     [](Net& n, Ref x) {
       Attrs attrs = {{"num_heads", int64_t{2}}, {"dropout", 0.2}};
       return n.add("ScaledDotProductAttention", attrs, {linear(n, x, 8), linear(n, x, 8)});
     }},
    {"without_projections_of_three", [](Net& n, Ref x) {
       return n.add("ScaledDotProductAttention", {},
                    {linear(n, x, 8), linear(n, x, 8), linear(n, x, 24)});
     }}};

class SeveralInputs : public ::testing::TestWithParam<size_t> {};

TEST_P(SeveralInputs, InBf16AreNearF32) {
  FIRESTEEL_SKIP_WITHOUT_BF16();
  Net net;
  net.graph.output(kSeveral[GetParam()].make(net, net.graph.input("input", {kSteps, kWidth})));
  for (bool training : {false, true}) {
    Results f32 = run(net.graph, {.training = training});
    Results bf16 = run(net.graph, {.compute = DType::bf16, .training = training});
    EXPECT_LT(relative_distance(bf16.output, f32.output), 0.02);
    EXPECT_NE(bf16.output, f32.output);
    if (!training) continue;
    EXPECT_LT(relative_distance(bf16.input_gradient, f32.input_gradient), 0.03);
    EXPECT_LT(relative_distance(bf16.gradients, f32.gradients), 0.03);
  }
}
INSTANTIATE_TEST_SUITE_P(Cases, SeveralInputs, ::testing::Range<size_t>(0, kSeveral.size()),
                         [](const auto& info) { return kSeveral[info.param].name; });

TEST(Attention, RefusesThePaddingOfSeveralInputs) {
  Graph graph;
  Ref x = graph.input("input", {kSteps, kWidth}, 0.f);
  Ref y = graph.add("attention", layer("MultiHeadAttention", kAttention), {x, x});
  graph.output(graph.add("first", layer("Narrow", {{"length", int64_t{1}}}), {y}));
  Model model = Model::make(graph, 7);
  Env env{.training = false};
  PackedParams packed(env, model.values.data());
  auto plan = compile(model.graph, model.table, 1, env, packed);
  AlignedBuffer arena(plan->arena_bytes());
  plan->bind(arena.data());
  std::vector<int64_t> samples = {0}, lengths = {2};
  try {
    plan->forward({.samples = samples, .lengths = lengths});
    FAIL() << "nothing was thrown";
  } catch (const ShapeError& e) {
    EXPECT_STREQ(e.what(),
                 "MultiHeadAttention: rows must have no padding where there are several inputs");
  }
}

}  // namespace
}  // namespace firesteel::testing
