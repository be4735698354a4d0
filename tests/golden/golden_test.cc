// SPDX-License-Identifier: Apache-2.0
// Layers, losses, optimizers and schedules against numbers that PyTorch computed.
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <set>

#include "nn/loss.h"
#include "tests/golden/golden.h"
#include "tests/golden/probe.h"
#include "train/joint.h"
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

  void expect_outputs(const Probe& layer, const Json& mode) const {
    std::vector<Tensor> expected = tensors(mode.at("output"));
    ASSERT_EQ(layer.outputs(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i) {
      EXPECT_EQ(layer.output_shape(i), expected[i].shape);
      EXPECT_LE(difference(layer.output(i), expected[i].data), tolerance(golden().kind))
          << "output " << i;
    }
  }
};

TEST_P(GoldenLayer, Inference) {
  if (!golden().doc.contains("inference")) return;
  Probe layer = probe(false);
  layer.forward();
  expect_outputs(layer, golden().doc.at("inference"));
}

TEST_P(GoldenLayer, Training) {
  if (!golden().doc.contains("training")) return;
  const Json& expected = golden().doc.at("training");
  Probe layer = probe(true);
  layer.forward();
  expect_outputs(layer, expected);
  layer.backward(tensors(expected.at("output_gradient")));
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
  std::vector<Tensor> outputs;
  std::vector<std::vector<float>> gradients;
  for (const Json& output : golden.doc.at("outputs")) {
    outputs.push_back(tensor(output));
    gradients.emplace_back(outputs.back().data.size());
  }
  std::vector<Shape> shapes, rows;
  std::vector<const void*> values;
  std::vector<void*> into;
  for (size_t i = 0; i < outputs.size(); ++i) {
    shapes.push_back(outputs[i].shape);
    rows.push_back(without_batch(outputs[i].shape));
    values.push_back(outputs[i].data.data());
    into.push_back(gradients[i].data());
  }
  Tensor labels = tensor(golden.doc.at("labels"));
  std::vector<int32_t> ids(labels.data.begin(), labels.data.end());
  bool class_ids = golden.doc.at("class_ids");
  Labels given{class_ids ? DType::s32 : DType::f32, without_batch(labels.shape),
               class_ids ? static_cast<const void*>(ids.data()) : labels.data.data()};
  loss->check_outputs(rows, given);
  LossSum sum = loss->run_outputs({DType::f32, shapes, values, given, into});
  double mean = golden.doc.at("mean");
  EXPECT_NEAR(sum.sum / sum.normaliser, mean,
              tolerance(golden.kind) * std::max(1.0, std::abs(mean)));
  if (golden.doc.contains("normaliser")) {
    EXPECT_NEAR(sum.normaliser, golden.doc.at("normaliser").get<double>(), 1e-6);
  }
  for (size_t i = 0; i < gradients.size(); ++i) {
    for (float& value : gradients[i]) value /= static_cast<float>(sum.normaliser);
    expect_near(cat("gradient of output ", i), golden, gradients[i].data(),
                golden.doc.at("gradients")[i]);
  }
}
INSTANTIATE_TEST_SUITE_P(All, GoldenLoss, ::testing::ValuesIn(of_family("losses")), kind_test_name);

class GoldenOptimizer : public GoldenKind {};

// One after the other, as a worker updates parameters that it has whole.
void update_all(const Optimizer& optimizer, const Golden& golden, int64_t step, float* values,
                float* gradients, std::vector<std::vector<float>>& states) {
  auto total = static_cast<int64_t>(tensor(golden.doc.at("values")).data.size());
  auto sizes = golden.doc.value("sizes", std::vector<int64_t>{total});
  auto weights = golden.doc.value("weights", std::vector<bool>(sizes.size(), true));
  auto norm = [](const float* numbers, int64_t count) {
    return static_cast<float>(
        std::sqrt(std::inner_product(numbers, numbers + count, numbers, 0.0)));
  };
  int64_t at = 0;
  for (size_t p = 0; p < sizes.size(); at += sizes[p++]) {
    Update update{.values = values + at, .gradients = gradients + at, .count = sizes[p]};
    update.lr = static_cast<float>(optimizer.base_lr());
    update.step = step;
    update.weight_decay = weights[p] ? static_cast<float>(optimizer.base_decay()) : 0;
    for (size_t s = 0; s < states.size(); ++s) update.states.add(states[s].data() + at);
    if (optimizer.norms() != Norms::none) {
      optimizer.direct(update);
      update.scaled = weights[p];
      update.value_norm = norm(update.values, update.count);
      update.gradient_norm = norm(update.gradients, update.count);
    }
    optimizer.update(update);
  }
}

TEST_P(GoldenOptimizer, Steps) {
  const Golden& golden = GetParam();
  if (golden.doc.contains("evaluations")) return;
  auto optimizer = Registry<Optimizer>::instance().make(
      golden.kind, attrs_from_json(golden.doc.at("attrs"), golden.kind));
  std::vector<float> values = tensor(golden.doc.at("values")).data;
  std::vector<std::vector<float>> states(static_cast<size_t>(optimizer->states()),
                                         std::vector<float>(values.size()));
  int64_t step = 0;
  for (const Json& expected : golden.doc.at("steps")) {
    std::vector<float> gradient = tensor(expected.at("gradient")).data;
    update_all(*optimizer, golden, step, values.data(), gradient.data(), states);
    expect_near(cat("values after step ", step++), golden, values.data(), expected.at("values"));
  }
}
// The functions of tests/golden/lbfgs.py. Returns the loss at x.
double objective(const std::string& name, const std::vector<float>& x,
                 std::vector<float>* gradient) {
  std::vector<double> g(x.size());
  double loss = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    double at = x[i];
    if (name == "bowl") {
      double weight = static_cast<double>(i + 1);
      loss += weight * (at - 1) * (at - 1) + 0.1 * std::pow(at, 4);
      g[i] = 2 * weight * (at - 1) + 0.4 * std::pow(at, 3);
    } else if (i + 1 < x.size()) {
      double above = x[i + 1] - at * at;
      loss += 100 * above * above + (1 - at) * (1 - at);
      g[i] += -400 * above * at - 2 * (1 - at);
      g[i + 1] += 200 * above;
    }
  }
  gradient->assign(g.begin(), g.end());
  return loss;
}

// It chooses the same points as PyTorch does, and stops where that does.
TEST_P(GoldenOptimizer, Evaluations) {
  const Golden& golden = GetParam();
  if (!golden.doc.contains("evaluations")) return;
  auto optimizer = Registry<Optimizer>::instance().make(
      golden.kind, attrs_from_json(golden.doc.at("attrs"), golden.kind));
  const JointOptimizer& joint = *optimizer->joint();
  const Json& evaluations = golden.doc.at("evaluations");
  auto values = tensor(evaluations[0].at("values")).data, gradient = values;
  std::vector<double> numbers(joint.numbers());
  std::vector<std::vector<float>> states(static_cast<size_t>(joint.states()),
                                         std::vector<float>(values.size()));
  for (size_t step = 0; step < evaluations.size(); ++step) {
    auto expected = tensor(evaluations[step].at("values")).data;
    double loss = objective(golden.doc.at("objective"), values, &gradient);
    double expected_loss = evaluations[step].at("loss");
    ASSERT_LE(difference(values.data(), expected), tolerance(golden.kind)) << "evaluation " << step;
    // Slopes of the function enlarge the difference.
    ASSERT_NEAR(loss, expected_loss, 10 * tolerance(golden.kind) * std::max(1.0, expected_loss))
        << "evaluation " << step;
    Update u{values.data(), gradient.data(), {}, std::ssize(values)};
    for (auto& state : states) u.states.add(state.data());
    u.numbers = numbers;
    JointCount count = joint.counts(numbers);
    JointSums sums{std::vector<double>(count.sums), std::vector<double>(count.most)};
    joint.add(u, sums);
    joint.decide({loss, sums, joint.base_lr()}, numbers);
    joint.update(u);
  }
  if (!golden.doc.at("converges")) return;
  EXPECT_LE(difference(values.data(), tensor(golden.doc.at("values")).data),
            tolerance(golden.kind));
}
INSTANTIATE_TEST_SUITE_P(All, GoldenOptimizer, ::testing::ValuesIn(of_family("optimizers")),
                         kind_test_name);

class GoldenSchedule : public GoldenKind {};

TEST_P(GoldenSchedule, Factors) {
  const Json& doc = GetParam().doc;
  auto schedule = Registry<Schedule>::instance().make(
      GetParam().kind, attrs_from_json(doc.at("attrs"), GetParam().kind));
  FitTime at{.total = doc.at("total"), .epoch_steps = doc.at("epoch_steps")};
  std::vector<Observation> observed;
  for (const Json& value : doc.at("observed")) {
    observed.push_back({at.epoch_steps * (std::ssize(observed) + 1), {{"test_loss", value}}});
  }
  at.observed = observed;  // also those that are not known yet
  for (const Json& factor : doc.at("factors")) {
    EXPECT_NEAR(schedule->factor(at), factor.get<double>(), 1e-6) << "iteration " << at.step;
    ++at.step;
  }
}
INSTANTIATE_TEST_SUITE_P(All, GoldenSchedule, ::testing::ValuesIn(of_family("schedules")),
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
  EXPECT_EQ(without_a_case<Schedule>("schedules"), none) << remedy;
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
