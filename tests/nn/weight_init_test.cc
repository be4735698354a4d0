// SPDX-License-Identifier: Apache-2.0
#include "nn/weight_init.h"

#include <gtest/gtest.h>

#include "nn/models/zoo.h"
#include "nn/params.h"

namespace firesteel {
namespace {

double deviation(const float* values, int64_t count) {
  double squares = 0;
  for (int64_t i = 0; i < count; ++i) squares += double{values[i]} * values[i];
  return std::sqrt(squares / static_cast<double>(count));
}

TEST(WeightInit, HasTheDeviationOfTorch) {
  const double fan_in = 8 * 9, fan_out = 32 * 9;
  const std::pair<std::string, double> schemes[] = {
      {"default", std::sqrt(1 / (3 * fan_in))},
      {"kaiming_normal", std::sqrt(2 / fan_out)},
      {"xavier_uniform", std::sqrt(2 / (fan_in + fan_out))}};
  for (const auto& [init, expected] : schemes) {
    Graph graph;
    Ref x = graph.input("x", {8, 5, 5});
    graph.output(graph.add("conv",
                           layer("Conv2d", {{"in_channels", int64_t{8}},
                                            {"out_channels", int64_t{32}},
                                            {"kernel_size", Dims{3}},
                                            {"init", init}}),
                           {x}));
    ParamTable table(graph);
    std::vector<float> values = table.initial(1);
    const Param &weight = table.params()[0], &bias = table.params()[1];
    EXPECT_NEAR(deviation(values.data() + weight.offset, weight.size) / expected, 1, 0.05) << init;
    EXPECT_EQ(deviation(values.data() + bias.offset, bias.size) > 0, init == "default") << init;
  }
}

TEST(WeightInit, UnknownNameIsAnError) {
  try {
    layer("Conv2d", {{"in_channels", int64_t{8}},
                     {"out_channels", int64_t{32}},
                     {"kernel_size", Dims{3}},
                     {"init", std::string("zeros")}});
    FAIL();
  } catch (const AttrError& e) {
    EXPECT_STREQ(e.what(),
                 "Conv2d.init: must be default, kaiming_normal or xavier_uniform, got 'zeros'");
  }
}

}  // namespace
}  // namespace firesteel
