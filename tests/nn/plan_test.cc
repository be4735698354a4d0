// SPDX-License-Identifier: Apache-2.0
#include "nn/plan.h"

#include <gtest/gtest.h>

#include "core/buffer.h"
#include "core/rng.h"
#include "nn/memory_plan.h"
#include "nn/model.h"
#include "nn/model_api.h"
#include "nn/models/zoo.h"
#include "tests/nn/bound_plan.h"

namespace firesteel {
namespace {

TEST(MemoryPlan, BuffersThatLiveTogetherDoNotOverlap) {
  Rng rng(4);
  for (int trial = 0; trial < 100; ++trial) {
    std::vector<Lifetime> buffers(30);
    size_t total = 0;
    for (Lifetime& b : buffers) {
      b.bytes = rng.below(1000);
      b.first = static_cast<int>(rng.below(20));
      b.last = b.first + static_cast<int>(rng.below(6)) - 1;
      total += b.bytes + 64;
    }
    MemoryPlan plan = plan_memory(buffers);
    EXPECT_LE(plan.bytes, total);
    for (size_t i = 0; i < buffers.size(); ++i) {
      const Lifetime& a = buffers[i];
      if (a.last < a.first) continue;
      EXPECT_LE(plan.offsets[i] + a.bytes, plan.bytes);
      for (size_t j = 0; j < i; ++j) {
        const Lifetime& b = buffers[j];
        if (b.last < b.first || a.last < b.first || b.last < a.first) continue;
        EXPECT_TRUE(plan.offsets[i] + a.bytes <= plan.offsets[j] ||
                    plan.offsets[j] + b.bytes <= plan.offsets[i]);
      }
    }
  }
}

TEST(MemoryPlan, TakesTurnsInOnePlace) {
  EXPECT_EQ(plan_memory({{100, 0, 1}, {100, 2, 3}, {100, 4, 5}}).bytes, 128u);
}

TEST(Plan, InferenceNeedsLessMemoryThanTraining) {
  Model model = Model::make(graph_from_json(named_graph("resnet8"), "resnet8"), 1);
  auto bytes = [&](bool training) {
    // Without the scratch of minimal filtering, which is the same for both.
    Env env{.training = training, .winograd = false};
    PackedParams packed(env, model.values.data());
    return compile(model.graph, model.table, 8, env, packed)->arena_bytes();
  };
  EXPECT_LT(2 * bytes(false), bytes(true));
}

TEST(Plan, GapsOfTheFlatGradientBecomeZero) {
  testing::BoundPlan bound("lenet5");
  Plan* plan = bound.plan.get();
  std::fill_n(static_cast<float*>(plan->input()), 2 * 784, 0.5f);
  plan->forward({});
  std::fill_n(static_cast<float*>(plan->output_gradient()), 20, 1.f);
  std::vector<float> gradient(static_cast<size_t>(bound.model.table.total()), NAN);
  plan->backward(gradient.data());
  for (float g : gradient) ASSERT_FALSE(std::isnan(g));
}

// Passes its input on, and must not be asked for a gradient.
struct Constant final : LayerOf<Constant> {
  static constexpr auto schema() { return Schema{"Constant", "test", "Without a gradient."}; }
  bool trains() const override { return false; }
  Shapes infer(const Shapes& in) const override { return {in[0]}; }
  void forward(Run& r) const override { r.pass_on(r.x(), r.y()); }
  void backward(Run&) const override { fail("a constant was asked for its gradient"); }
};

TEST(Plan, TakesTheResultOfALayerWithoutGradientForAConstant) {
  auto linear = [](int64_t outputs) {
    return layer("Linear", {{"in_features", int64_t{3}}, {"out_features", outputs}});
  };
  for (Recompute recompute : {Recompute::none, Recompute::segments}) {
    Graph graph;
    Ref before = graph.add("before", linear(3), {graph.input("x", {3})});
    Ref constant = graph.add("constant", std::make_shared<Constant>(), {before});
    Ref sum = graph.add("sum", layer("Add"), {before, constant});
    graph.output(graph.add("after", linear(2), {sum}));
    graph.output(graph.add("known", std::make_shared<Constant>(), {constant}));
    Model model = Model::make(graph, 1);
    Env env{.recompute = recompute};
    PackedParams packed(env, model.values.data());
    auto plan = compile(model.graph, model.table, 1, env, packed);
    AlignedBuffer arena(plan->arena_bytes());
    plan->bind(arena.data());
    std::vector<float> x = {1, -2, 3}, dy = {1, 0.5f};
    std::copy(x.begin(), x.end(), static_cast<float*>(plan->input()));
    plan->forward({});
    std::copy(dy.begin(), dy.end(), static_cast<float*>(plan->output_gradient()));
    std::fill_n(static_cast<float*>(plan->output_gradient(1)), 3, 7.f);
    std::vector<float> gradient(static_cast<size_t>(model.table.total()));
    plan->backward(gradient.data());
    auto at = [&](const std::vector<float>& all, const std::string& name) {
      for (const Param& p : model.table.params()) {
        if (p.name == name) return all.data() + p.offset;
      }
      return all.data();
    };
    // As if only the other input of the sum led to `before`.
    const float* weight = at(model.values, "after.weight");
    for (size_t o = 0; o < 3; ++o) {
      float d = dy[0] * weight[o] + dy[1] * weight[3 + o];
      EXPECT_NEAR(at(gradient, "before.bias")[o], d, 1e-6f);
      for (size_t i = 0; i < 3; ++i) {
        EXPECT_NEAR(at(gradient, "before.weight")[3 * o + i], d * x[i], 1e-6f);
      }
    }
  }
}

TEST(Graph, ErrorsNameTheNode) {
  Graph graph;
  Ref x = graph.input("x", {3, 8, 8});
  Ref y = graph.add(
      "conv",
      layer("Conv2d",
            {{"in_channels", int64_t{4}}, {"out_channels", int64_t{2}}, {"kernel_size", Dims{3}}}),
      {x});
  graph.output(y);
  try {
    graph.infer(1);
    FAIL();
  } catch (const ShapeError& e) {
    EXPECT_STREQ(e.what(), "conv: input must have 4 channels, got [3, 8, 8]");
  }
  EXPECT_THROW(graph.add("conv", layer("ReLU"), {y}), AttrError);
  EXPECT_THROW(graph.add("sum", layer("Add"), {y}), ShapeError);
}

TEST(Graph, JsonSurvivesARoundTrip) {
  for (const std::string& name : model_names()) {
    std::string text = named_graph(name);
    EXPECT_EQ(graph_to_json(graph_from_json(text, name)), text);
  }
}

TEST(Model, FileSurvivesARoundTripAndDamageIsSeen) {
  std::string file = named_model("mlp", 1);
  EXPECT_EQ(save_model(load_model(file, "mlp")), file);
  EXPECT_NE(named_model("mlp", 2), file);
  EXPECT_THROW(load_model(std::string_view(file).substr(0, file.size() - 1), "mlp"), FormatError);
  std::string damaged = file;
  damaged[20] = '\x01';
  EXPECT_THROW(load_model(damaged, "mlp"), FormatError);
  try {
    named_model("lenet", 1);
    FAIL();
  } catch (const AttrError& e) {
    EXPECT_STREQ(e.what(), "no model 'lenet'. Did you mean 'lenet5'?");
  }
}

}  // namespace
}  // namespace firesteel
