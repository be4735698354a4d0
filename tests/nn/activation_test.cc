// SPDX-License-Identifier: Apache-2.0
// What activations and functions of one element do with numbers that golden files cannot hold, and
// where they are random.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/buffer.h"
#include "nn/models/zoo.h"
#include "nn/plan.h"

namespace firesteel::testing {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
const float kNan = std::nanf("");

struct Results {
  std::vector<float> y, dx;
};

// One row of numbers through a layer; dx is the gradient of the sum of y.
Results run(const std::string& kind, const Attrs& attrs, const std::vector<float>& x, Env env = {},
            int64_t step = 0, int64_t sample = 0) {
  env.input_gradients = env.training;
  auto graph = std::make_shared<Graph>();
  auto count = static_cast<int64_t>(x.size());
  graph->output(graph->add("layer", layer(kind, attrs), {graph->input("x", {count})}));
  ParamTable table(*graph);
  float no_parameters = 0;
  PackedParams packed(env, &no_parameters);
  auto plan = compile(graph, table, 1, env, packed);
  AlignedBuffer arena(plan->arena_bytes());
  plan->bind(arena.data());
  std::copy(x.begin(), x.end(), static_cast<float*>(plan->input(0)));
  std::vector<int64_t> samples = {sample};
  plan->forward({.seed = 1, .step = step, .samples = samples});
  auto* y = static_cast<const float*>(plan->output());
  Results results{{y, y + count}, {}};
  if (!env.training) return results;
  std::fill_n(static_cast<float*>(plan->output_gradient()), count, 1.f);
  plan->backward(&no_parameters);
  auto* dx = static_cast<const float*>(plan->input_gradient(0));
  results.dx = {dx, dx + count};
  return results;
}
std::vector<float> values(const std::string& kind, const std::vector<float>& x) {
  return run(kind, {}, x, {.training = false}).y;
}

TEST(Activation, WhatIsNoNumber) {
  std::vector<float> x = {0, -0.f, 1, kInf, -kInf, kNan};
  EXPECT_EQ(values("IsNan", x), (std::vector<float>{0, 0, 0, 0, 0, 1}));
  EXPECT_EQ(values("IsInf", x), (std::vector<float>{0, 0, 0, 1, 1, 0}));
  EXPECT_EQ(values("IsFinite", x), (std::vector<float>{1, 1, 1, 0, 0, 0}));
  EXPECT_TRUE(std::isnan(values("Clamp", x)[5]));
  EXPECT_EQ(values("LogicalNot", x), (std::vector<float>{1, 1, 0, 0, 0, 0}));
}

TEST(Activation, HalvesRoundToTheEvenNumber) {
  EXPECT_EQ(values("Round", {-2.5f, -1.5f, -0.5f, 0.5f, 1.5f, 2.5f, 2.6f}),
            (std::vector<float>{-2, -2, 0, 0, 2, 2, 3}));
}

TEST(Activation, Poles) {
  EXPECT_EQ(values("Lgamma", {0, -1, 1, 2}), (std::vector<float>{kInf, kInf, 0, 0}));
  auto y = values("Digamma", {0, -2, kInf});
  EXPECT_EQ(y[0], -kInf);
  EXPECT_TRUE(std::isnan(y[1]));
  EXPECT_EQ(y[2], kInf);
}

TEST(Activation, LogSoftmaxOfLargeNumbers) {
  for (bool reference : {true, false}) {
    auto y = run("LogSoftmax", {}, {1000, 0, -1000, 999}, {.reference = reference}).y;
    EXPECT_NEAR(y[0], -0.3132617, 1e-4);
    EXPECT_NEAR(y[1], -1000.3132617, 1e-3);
    EXPECT_NEAR(y[2], -2000.3132617, 1e-3);
    EXPECT_NEAR(y[3], -1.3132617, 1e-4);
  }
}

// The slopes of one run, for negative numbers.
std::vector<float> slopes(int64_t step, int64_t sample) {
  std::vector<float> x(1000, -2);
  Results results = run("RReLU", {{"lower", 0.2}, {"upper", 0.6}}, x, {}, step, sample);
  for (size_t i = 0; i < x.size(); ++i) EXPECT_EQ(results.y[i], -2 * results.dx[i]);
  return results.dx;
}

TEST(Activation, SlopesOfRReLUAreUniformAndBelongToTheSample) {
  auto some = slopes(3, 7);
  double sum = 0, squares = 0;
  for (float slope : some) {
    EXPECT_GE(slope, 0.2f);
    EXPECT_LT(slope, 0.6f);
    sum += slope;
    squares += (slope - 0.4) * (slope - 0.4);
  }
  EXPECT_NEAR(sum / 1000, 0.4, 0.015);
  EXPECT_NEAR(squares / 1000, 0.4 * 0.4 / 12, 0.002);
  EXPECT_EQ(slopes(3, 7), some);
  EXPECT_NE(slopes(4, 7), some);
  EXPECT_NE(slopes(3, 8), some);
}

TEST(Activation, RReLULeavesPositiveNumbers) {
  Results results = run("RReLU", {}, {1, 2, 3});
  EXPECT_EQ(results.y, (std::vector<float>{1, 2, 3}));
  EXPECT_EQ(results.dx, (std::vector<float>{1, 1, 1}));
}

// As in PyTorch none passes there.
TEST(Activation, GradientsAtLimits) {
  std::vector<float> x = {-2, -1, 0, 1, 2};
  EXPECT_EQ(run("Clamp", {{"min", -1.0}, {"max", 1.0}}, x).dx, (std::vector<float>{0, 0, 1, 0, 0}));
  EXPECT_EQ(run("Hardtanh", {}, x).dx, (std::vector<float>{0, 0, 1, 0, 0}));
  EXPECT_EQ(run("Softshrink", {{"lambd", 1.0}}, x).dx, (std::vector<float>{1, 0, 0, 0, 1}));
  EXPECT_EQ(run("Threshold", {{"threshold", 1.0}, {"value", 5.0}}, x).dx,
            (std::vector<float>{0, 0, 0, 0, 1}));
}

template <class Check>
std::string message(const Check& check) {
  try {
    check();
  } catch (const Error& e) {
    return e.what();
  }
  return "nothing was thrown";
}

TEST(Activation, Messages) {
  auto made = [](const std::string& kind, const Attrs& attrs) {
    return message([&] { layer(kind, attrs); });
  };
  EXPECT_EQ(made("Softmax", {{"dim", int64_t{0}}}), "Softmax.dim: must not be the batch, got 0");
  EXPECT_EQ(made("Hardtanh", {{"min_val", 2.0}}),
            "Hardtanh.max_val: must be > min_val, got 1 and 2");
  EXPECT_EQ(made("RReLU", {{"upper", 0.1}}), "RReLU.upper: must be >= lower, got 0.1 and 0.125");
  EXPECT_EQ(made("SReLU", {{"shape", Dims{3}}, {"shared_dims", Dims{2}}}),
            "SReLU.shared_dims: must be 1 to 1, got [2]");
  auto inferred = [](const std::string& kind, const Attrs& attrs, const Shape& in) {
    return message([&] { layer(kind, attrs)->infer({in}); });
  };
  EXPECT_EQ(inferred("Softmax", {{"dim", int64_t{3}}}, {2, 4, 5}),
            "input must have an extent 3, got [4, 5]");
  EXPECT_EQ(inferred("LogSoftmax", {{"dim", int64_t{-3}}}, {2, 4, 5}),
            "input must have an extent -3, got [4, 5]");
  EXPECT_EQ(inferred("GLU", {}, {2, 5}), "input must have an even extent -1, got [5]");
  EXPECT_EQ(inferred("PReLU", {{"num_parameters", int64_t{3}}}, {2, 4, 5}),
            "input must have 3 channels, got [4, 5]");
}

}  // namespace
}  // namespace firesteel::testing
