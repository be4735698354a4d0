// SPDX-License-Identifier: Apache-2.0
#include "nn/weight_init.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "nn/models/zoo.h"
#include "nn/params.h"

namespace firesteel {
namespace {

double mean(const std::vector<float>& values) {
  double sum = 0;
  for (float value : values) sum += value;
  return sum / static_cast<double>(values.size());
}
double deviation(const std::vector<float>& values) {
  double squares = 0, middle = mean(values);
  for (float value : values) squares += (value - middle) * (value - middle);
  return std::sqrt(squares / static_cast<double>(values.size()));
}

// First values of weight (0) and bias (1) of a layer.
std::vector<float> first(const std::string& kind, Attrs attrs, Shape row, size_t param) {
  Graph graph;
  Ref x = graph.input("x", std::move(row));
  graph.output(graph.add("layer", layer(kind, std::move(attrs)), {x}));
  ParamTable table(graph);
  std::vector<float> values = table.initial(1);
  const Param& p = table.params()[param];
  return {values.begin() + p.offset, values.begin() + p.offset + p.size};
}
std::vector<float> of_conv(const std::string& init, size_t param = 0, int64_t kernel = 3) {
  return first("Conv2d",
               {{"in_channels", int64_t{8}},
                {"out_channels", int64_t{32}},
                {"kernel_size", Dims{kernel}},
                {"init", init}},
               {8, 5, 5}, param);
}
std::vector<float> of_linear(const std::string& init, const std::string& bias_init, size_t param) {
  return first("Linear",
               {{"in_features", int64_t{30}},
                {"out_features", int64_t{200}},
                {"init", init},
                {"bias_init", bias_init}},
               {30}, param);
}
float largest(const std::vector<float>& values) {
  float most = 0;
  for (float value : values) most = std::max(most, std::abs(value));
  return most;
}

TEST(WeightInit, HasTheDeviationOfTorch) {
  const double fan_in = 8 * 9, fan_out = 32 * 9;
  const std::pair<std::string, double> schemes[] = {
      {"default", std::sqrt(1 / (3 * fan_in))},
      {"kaiming_normal", std::sqrt(2 / fan_out)},
      {"kaiming_normal_fan_in", std::sqrt(2 / fan_in)},
      {"kaiming_uniform", std::sqrt(2 / fan_out)},
      {"kaiming_uniform_fan_in", std::sqrt(2 / fan_in)},
      {"msra", std::sqrt(2 / ((fan_in + fan_out) / 2))},
      {"lecun_uniform", std::sqrt(1 / fan_in)},
      {"xavier_normal", std::sqrt(2 / (fan_in + fan_out))},
      {"xavier_uniform", std::sqrt(2 / (fan_in + fan_out))},
      {"normal(0, 0.25)", 0.25},
      {"uniform(-1, 2)", std::sqrt(0.75)}};
  for (const auto& [init, expected] : schemes) {
    EXPECT_NEAR(deviation(of_conv(init)) / expected, 1, 0.05) << init;
    EXPECT_EQ(deviation(of_conv(init, 1)) > 0, init == "default") << init;
  }
}

TEST(WeightInit, HasTheMeanThatIsAskedFor) {
  EXPECT_NEAR(mean(of_conv("normal(3, 0.5)")), 3, 0.05);
  EXPECT_NEAR(mean(of_conv("uniform(-1, 2)")), 0.5, 0.05);
  std::vector<float> values = of_conv("uniform(-1, 2)");
  auto [least, most] = std::minmax_element(values.begin(), values.end());
  EXPECT_GE(*least, -1);
  EXPECT_LT(*most, 2);
}

TEST(WeightInit, TruncatesAtTwoDeviations) {
  std::vector<float> values = of_conv("truncated_normal(0.5)");
  EXPECT_LE(largest(values), 1);
  EXPECT_GT(largest(values), 0.95);
  EXPECT_NEAR(deviation(values) / (0.5 * 0.8796), 1, 0.05);
}

TEST(WeightInit, TakesConstants) {
  EXPECT_EQ(of_conv("zeros"), std::vector<float>(8 * 32 * 9, 0.f));
  EXPECT_EQ(of_conv("ones"), std::vector<float>(8 * 32 * 9, 1.f));
  EXPECT_EQ(of_conv("constant( -0.5 )"), std::vector<float>(8 * 32 * 9, -0.5f));
}

TEST(WeightInit, OneNameGivesOneStream) {
  EXPECT_EQ(of_conv("xavier_uniform"), of_conv("xavier_uniform"));
  // The same draws, whatever the scale and the centre.
  std::vector<float> narrow = of_conv("normal(0, 1)"), moved = of_conv("normal(1, 1)");
  for (size_t i = 0; i < narrow.size(); ++i) EXPECT_EQ(moved[i], narrow[i] + 1);
}

TEST(WeightInit, InterpolatesWithATriangle) {
  std::vector<float> values = of_conv("bilinear", 0, 4);
  const float side[] = {0.25f, 0.75f, 0.75f, 0.25f};
  for (size_t i = 0; i < values.size(); ++i) {
    EXPECT_FLOAT_EQ(values[i], side[i % 4] * side[i / 4 % 4]) << i;
  }
}

TEST(WeightInit, BiasesMayHaveTheirOwn) {
  EXPECT_GT(deviation(of_linear("default", "default", 1)), 0);
  EXPECT_EQ(of_linear("xavier_normal", "default", 1), std::vector<float>(200, 0.f));
  EXPECT_EQ(of_linear("default", "constant(0.1)", 1), std::vector<float>(200, 0.1f));
  EXPECT_NEAR(deviation(of_linear("zeros", "normal(0, 2)", 1)), 2, 0.3);
}

std::string error_of(const std::string& kind, const std::string& attr, const std::string& init) {
  Attrs sizes = {{"in_features", int64_t{2}}, {"out_features", int64_t{2}}};
  if (kind == "Conv2d") {
    sizes = {{"in_channels", int64_t{8}}, {"out_channels", int64_t{8}}, {"kernel_size", Dims{3}}};
  }
  sizes.emplace_back(attr, init);
  try {
    layer(kind, sizes);
  } catch (const AttrError& e) {
    return e.what();
  }
  return {};
}

TEST(WeightInit, UnknownNameIsAnError) {
  const std::string all =
      "must be default, zeros, ones, constant(v), uniform(a, b), normal(mean, std), "
      "truncated_normal(std), xavier_uniform, xavier_normal, lecun_uniform, kaiming_uniform, "
      "kaiming_uniform_fan_in, kaiming_normal, kaiming_normal_fan_in";
  EXPECT_EQ(error_of("Conv2d", "init", "kaiming"),
            "Conv2d.init: " + all + ", msra or bilinear, got 'kaiming'");
  EXPECT_EQ(error_of("Linear", "init", "bilinear"),
            "Linear.init: " + all + " or msra, got 'bilinear'");
  EXPECT_EQ(error_of("Linear", "bias_init", "xavier_uniform"),
            "Linear.bias_init: must be default, zeros, ones, constant(v), uniform(a, b), "
            "normal(mean, std) or truncated_normal(std), got 'xavier_uniform'");
  for (const char* wrong : {"uniform(1)", "uniform(1, 2, 3)", "uniform(1, x)", "uniform(1, 2",
                            "uniform", "zeros()", "constant(nan)", "constant(1) ", ""}) {
    EXPECT_NE(error_of("Linear", "init", wrong), "") << wrong;
  }
}

}  // namespace
}  // namespace firesteel
