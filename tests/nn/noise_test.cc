// SPDX-License-Identifier: Apache-2.0
// Layers that draw random numbers: their distributions, and what the numbers depend on.
#include "nn/layers/regularization/noise.h"

#include <gtest/gtest.h>

#include <numbers>
#include <numeric>

#include "core/buffer.h"
#include "nn/models/zoo.h"
#include "nn/plan.h"

namespace firesteel {
namespace {

struct Draw {
  std::string kind;
  Attrs attrs;
  Shape row;
  std::vector<std::vector<float>> inputs;  // each one number for all, or all numbers
  std::vector<int64_t> samples = {0};
  int64_t step = 0;
  int64_t rows = 1;
  bool training = true;
};

std::vector<float> run(const Draw& draw) {
  auto graph = std::make_shared<Graph>();
  std::vector<Ref> inputs;
  for (size_t i = 0; i < draw.inputs.size(); ++i) {
    inputs.push_back(graph->input(cat("x", i), draw.row));
  }
  graph->output(graph->add("layer", layer(draw.kind, draw.attrs), inputs));
  ParamTable table(*graph);
  Env env{.training = draw.training, .input_gradients = draw.training};
  std::vector<float> none;
  PackedParams packed(env, none.data());
  auto plan = compile(graph, table, draw.rows, env, packed);
  AlignedBuffer arena(plan->arena_bytes());
  plan->bind(arena.data());
  for (size_t i = 0; i < draw.inputs.size(); ++i) {
    auto* x = static_cast<float*>(plan->input(i));
    const auto& from = draw.inputs[i];
    for (int64_t e = 0; e < draw.rows * numel(draw.row); ++e) {
      x[e] = from[static_cast<size_t>(e) % from.size()];
    }
  }
  plan->forward({.seed = 4, .step = draw.step, .samples = draw.samples});
  auto* y = static_cast<const float*>(plan->output());
  return {y, y + numel(plan->output_shape())};
}

double moment(const std::vector<float>& values, int power, double around = 0) {
  double sum = 0;
  for (float value : values) sum += std::pow(value - around, power);
  return sum / static_cast<double>(values.size());
}

constexpr int64_t kMany = 40000;
constexpr double kNear = 0.025;  // five deviations of a mean of so many

Draw many(const std::string& kind, const Attrs& attrs, float x = 0) {
  return {.kind = kind, .attrs = attrs, .row = {kMany}, .inputs = {{x}}};
}

TEST(Noise, LogarithmCosineAndSineAreThose) {
  for (uint32_t bits = 0; bits < 1U << 24; bits += 997) {
    float u = 1 - to_unit(bits << 8), turn = to_unit(bits << 8), c = 0, s = 0;
    EXPECT_NEAR(random::log(u), std::log(u), 1e-6 * std::max(1.f, -std::log(u)));
    random::cosine_and_sine(turn, &c, &s);
    double angle = 2 * std::numbers::pi * turn;
    EXPECT_NEAR(c, std::cos(angle), 5e-7);
    EXPECT_NEAR(s, std::sin(angle), 5e-7);
  }
}

TEST(Noise, NormalNumbersAreNormal) {
  auto x = run(many("RandomNormal", {}));
  EXPECT_NEAR(moment(x, 1), 0, kNear);
  EXPECT_NEAR(moment(x, 2), 1, 2 * kNear);
  EXPECT_NEAR(moment(x, 3), 0, 4 * kNear);
  EXPECT_NEAR(moment(x, 4), 3, 10 * kNear);
  for (size_t apart : {1, 2, 3}) {
    double product = 0;
    for (size_t i = apart; i < x.size(); ++i) product += x[i] * x[i - apart];
    EXPECT_NEAR(product / kMany, 0, kNear) << apart;
  }
}

TEST(Noise, OfADistribution) {
  auto shifted = run(many("RandomNormal", {{"mean", 3.0}, {"stddev", 0.5}}));
  EXPECT_NEAR(moment(shifted, 1), 3, kNear);
  EXPECT_NEAR(moment(shifted, 2, 3), 0.25, kNear);

  auto uniform = run(many("RandomUniform", {{"low", -1.0}, {"high", 3.0}}));
  EXPECT_GE(*std::min_element(uniform.begin(), uniform.end()), -1);
  EXPECT_LT(*std::max_element(uniform.begin(), uniform.end()), 3);
  EXPECT_NEAR(moment(uniform, 1), 1, 2 * kNear);
  EXPECT_NEAR(moment(uniform, 2, 1), 16.0 / 12, 2 * kNear);

  auto cut = run(many("TruncatedNormal", {}));
  EXPECT_GE(*std::min_element(cut.begin(), cut.end()), -2);
  EXPECT_LE(*std::max_element(cut.begin(), cut.end()), 2);
  EXPECT_NEAR(moment(cut, 1), 0, kNear);
  EXPECT_NEAR(moment(cut, 2), 0.7737, kNear);
}

TEST(Noise, HasTheDeviationThatLayersPromise) {
  EXPECT_NEAR(moment(run(many("GaussianNoise", {{"stddev", 0.5}}, 2)), 2, 2), 0.25, kNear);
  auto dropped = run(many("GaussianDropout", {{"p", 0.2}}, 2));
  EXPECT_NEAR(moment(dropped, 1), 2, kNear);
  EXPECT_NEAR(moment(dropped, 2, 2), 4 * 0.25, 3 * kNear);

  Draw sampler{.kind = "GaussianSampler", .attrs = {}, .row = {kMany}, .inputs = {{3}, {1.5f}}};
  auto sampled = run(sampler);
  EXPECT_NEAR(moment(sampled, 1), 3, 3 * kNear);
  EXPECT_NEAR(moment(sampled, 2, 3), std::exp(1.5), 8 * kNear);
}

TEST(Noise, AlphaDropoutKeepsMeanAndVariance) {
  Draw draw = many("AlphaDropout", {{"p", 0.3}});
  draw.inputs = {run(many("RandomNormal", {}))};
  draw.step = 1;  // other random words than the input's
  auto y = run(draw);
  EXPECT_NEAR(moment(y, 1), 0, 2 * kNear);
  EXPECT_NEAR(moment(y, 2), 1, 2 * kNear);
}

TEST(Noise, ChannelDropoutTakesWholeChannels) {
  Draw draw{.kind = "ChannelDropout", .attrs = {{"p", 0.5}}, .row = {64, 3}, .inputs = {{1}}};
  auto of_images = run(draw);
  draw.attrs.emplace_back("dim", int64_t{-1});
  draw.row = {3, 64};
  auto of_steps = run(draw);
  double kept = 0;
  for (size_t c = 0; c < 64; ++c) {
    for (size_t i = 0; i < 3; ++i) {
      EXPECT_EQ(of_images[c * 3 + i], of_images[c * 3]);
      EXPECT_EQ(of_steps[i * 64 + c], of_steps[c]);
    }
    kept += of_steps[c] / 2;
  }
  EXPECT_NEAR(kept, 32, 20);
}

TEST(Noise, IsAFunctionOfStepAndSample) {
  Draw draw{.kind = "RandomNormal",
            .attrs = {},
            .row = {6},
            .inputs = {{0}},
            .samples = {7, 9},
            .rows = 2};
  auto first = run(draw);
  draw.samples = {9, 7};
  auto swapped = run(draw);
  for (size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(first[i], swapped[6 + i]);
    EXPECT_EQ(first[6 + i], swapped[i]);
    EXPECT_NE(first[i], first[6 + i]);
  }
  draw.step = 1;
  EXPECT_NE(run(draw), swapped);
}

// A row's result is a function of the row alone there.
TEST(Noise, OfRowsWithoutNumbersIsAlike) {
  Draw draw{.kind = "RandomNormal",
            .attrs = {},
            .row = {6},
            .inputs = {{0}},
            .samples = {},
            .rows = 2,
            .training = false};
  auto y = run(draw);
  for (size_t i = 0; i < 6; ++i) EXPECT_EQ(y[i], y[6 + i]);
}

}  // namespace
}  // namespace firesteel
