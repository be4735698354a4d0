// SPDX-License-Identifier: Apache-2.0
// Layers, losses and optimizers against numbers that PyTorch computed.
#include <gtest/gtest.h>

#include <set>

#include "nn/loss.h"
#include "tests/golden/golden.h"
#include "tests/golden/probe.h"
#include "train/optimizer.h"

namespace firesteel::testing {
namespace {

std::vector<Golden> of_family(const std::string& family) {
  std::vector<Golden> some;
  for (Golden& golden : golden_cases()) {
    if (golden.family == family) some.push_back(std::move(golden));
  }
  return some;
}

void expect_near(const std::string& what, const Golden& golden, const float* got,
                 const Json& expected) {
  EXPECT_LE(difference(got, tensor(expected).data), tolerance(golden.kind)) << what;
}

class GoldenLayer : public ::testing::TestWithParam<std::tuple<Golden, bool>> {
 protected:
  const Golden& golden() const { return std::get<0>(GetParam()); }
  Probe probe(bool training) const { return Probe(golden(), std::get<1>(GetParam()), training); }
};

TEST_P(GoldenLayer, Inference) {
  if (!golden().doc.contains("inference")) return;
  Probe layer = probe(false);
  const Json& expected = golden().doc.at("inference").at("output");
  EXPECT_EQ(layer.output_shape(), tensor(expected).shape);
  expect_near("output", golden(), layer.forward(), expected);
}

TEST_P(GoldenLayer, Training) {
  if (!golden().doc.contains("training")) return;
  const Json& expected = golden().doc.at("training");
  Probe layer = probe(true);
  expect_near("output", golden(), layer.forward(), expected.at("output"));
  layer.backward(tensor(expected.at("output_gradient")).data);
  const Json& inputs = expected.at("input_gradients");
  for (size_t i = 0; i < inputs.size(); ++i) {
    expect_near(cat("gradient of input ", i), golden(), layer.input_gradient(i).data(), inputs[i]);
  }
  for (const auto& [name, value] : expected.at("param_gradients").items()) {
    expect_near("gradient of " + name, golden(), layer.param_gradient(name).data(), value);
  }
  for (const auto& [name, value] : expected.at("state").items()) {
    expect_near(name + " after the step", golden(), layer.state_after(name).data(), value);
  }
}

std::string layer_test_name(const ::testing::TestParamInfo<std::tuple<Golden, bool>>& info) {
  return std::get<0>(info.param).name + (std::get<1>(info.param) ? "_ref" : "_onednn");
}
INSTANTIATE_TEST_SUITE_P(All, GoldenLayer,
                         ::testing::Combine(::testing::ValuesIn(of_family("layers")),
                                            ::testing::Bool()),
                         layer_test_name);

class GoldenKind : public ::testing::TestWithParam<Golden> {};
std::string kind_test_name(const ::testing::TestParamInfo<Golden>& info) { return info.param.name; }

class GoldenLoss : public GoldenKind {};

TEST_P(GoldenLoss, MeanAndGradient) {
  const Golden& golden = GetParam();
  auto loss = Registry<Loss>::instance().make(golden.kind,
                                              attrs_from_json(golden.doc.at("attrs"), golden.kind));
  Tensor output = tensor(golden.doc.at("output")), labels = tensor(golden.doc.at("labels"));
  std::vector<int32_t> ids(labels.data.begin(), labels.data.end());
  bool class_ids = golden.doc.at("class_ids");
  Labels given{class_ids ? DType::s32 : DType::f32, without_batch(labels.shape),
               class_ids ? static_cast<const void*>(ids.data()) : labels.data.data()};
  loss->check(without_batch(output.shape), given);
  std::vector<float> gradient(output.data.size());
  LossSum sum = loss->run(DType::f32, output.shape, output.data.data(), given, gradient.data());
  double mean = golden.doc.at("mean");
  EXPECT_NEAR(sum.sum / sum.normaliser, mean, tolerance(golden.kind) * std::max(1.0, mean));
  for (float& value : gradient) value /= static_cast<float>(sum.normaliser);
  expect_near("gradient", golden, gradient.data(), golden.doc.at("gradient"));
}
INSTANTIATE_TEST_SUITE_P(All, GoldenLoss, ::testing::ValuesIn(of_family("losses")), kind_test_name);

class GoldenOptimizer : public GoldenKind {};

TEST_P(GoldenOptimizer, Steps) {
  const Golden& golden = GetParam();
  auto optimizer = Registry<Optimizer>::instance().make(
      golden.kind, attrs_from_json(golden.doc.at("attrs"), golden.kind));
  std::vector<float> values = tensor(golden.doc.at("values")).data;
  std::vector<std::vector<float>> states(static_cast<size_t>(optimizer->states()),
                                         std::vector<float>(values.size()));
  int64_t step = 0;
  for (const Json& expected : golden.doc.at("steps")) {
    std::vector<float> gradient = tensor(expected.at("gradient")).data;
    Update update{.values = values.data(),
                  .gradients = gradient.data(),
                  .count = static_cast<int64_t>(values.size()),
                  .lr = static_cast<float>(optimizer->base_lr()),
                  .step = step,
                  .decay = true};
    for (size_t s = 0; s < states.size(); ++s) update.states[s] = states[s].data();
    optimizer->update(update);
    expect_near(cat("values after step ", step++), golden, values.data(), expected.at("values"));
  }
}
INSTANTIATE_TEST_SUITE_P(All, GoldenOptimizer, ::testing::ValuesIn(of_family("optimizers")),
                         kind_test_name);

template <class Base>
std::vector<std::string> without_a_case(const std::string& family) {
  std::set<std::string> covered;
  for (const Golden& golden : of_family(family)) covered.insert(golden.kind);
  std::vector<std::string> missing;
  for (const auto& [kind, entry] : Registry<Base>::instance().entries()) {
    if (!covered.count(kind)) missing.push_back(kind);
  }
  return missing;
}

TEST(Golden, EveryKindHasACase) {
  const std::vector<std::string> none;
  const char* remedy = "write tests/golden/<name>.py and run tools/golden.py";
  EXPECT_EQ(without_a_case<Layer>("layers"), none) << remedy;
  EXPECT_EQ(without_a_case<Loss>("losses"), none) << remedy;
  EXPECT_EQ(without_a_case<Optimizer>("optimizers"), none) << remedy;
}

// A planted fault: the comparison has to see one wrong number among many.
TEST(Golden, SeesOneWrongNumber) {
  std::vector<float> expected(100, 0.5f), got = expected;
  EXPECT_EQ(difference(got.data(), expected), 0);
  got[57] += 1e-3f;
  EXPECT_GT(difference(got.data(), expected), 1e-4);
  got[57] = NAN;
  EXPECT_GT(difference(got.data(), expected), 1);
}

}  // namespace
}  // namespace firesteel::testing
