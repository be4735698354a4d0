// SPDX-License-Identifier: Apache-2.0
// Models with auxiliary classifiers: the losses of all outputs are added, predictions are of the
// first.
#include "train/fit_loss.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/rng.h"
#include "nn/models/zoo.h"
#include "train/engine.h"
#include "train/predictor.h"

namespace firesteel {
namespace {

constexpr int64_t kRows = 24;

std::shared_ptr<const Layer> linear(int64_t in, int64_t out) {
  return layer("Linear", {{"in_features", in}, {"out_features", out}});
}

// A hidden layer with a classifier on it, and the main one behind a second.
Model two_heads() {
  Graph g;
  Ref x = g.input("x", {6});
  Ref hidden = g.add("tanh", layer("Tanh"), {g.add("fc1", linear(6, 10), {x})});
  Ref deeper = g.add("relu", layer("ReLU"), {g.add("fc2", linear(10, 8), {hidden})});
  g.output(g.add("main", linear(8, 3), {deeper}));
  g.output(g.add("aux", linear(10, 3), {hidden}));
  return Model::make(std::move(g), 7);
}

std::string rows() {
  Rng rng(11);
  std::vector<float> x(kRows * 6);
  std::vector<int32_t> y(kRows);
  for (float& v : x) v = rng.normal();
  for (int32_t& v : y) v = static_cast<int32_t>(rng.below(3));
  return pack_block({kRows,
                     DType::f32,
                     DType::s32,
                     {6},
                     {},
                     reinterpret_cast<const uint8_t*>(x.data()),
                     reinterpret_cast<const uint8_t*>(y.data())});
}

struct Step {
  double loss;
  std::vector<float> change;  // of the parameters
};

// loss: what is said of the loss in a FitSpec.
Step one_step(const std::string& loss) {
  FitSpec spec =
      FitSpec::parse(R"({"optimizer": {"kind": "SGD", "lr": 0.5}, "batch_size": 24)" + loss + "}");
  spec.shard_rows = {kRows};
  spec.iterations = 1;
  spec.resolve();
  Engine engine(two_heads(), std::move(spec), 1);
  engine.shards().add(0, rows());
  std::vector<float> change = engine.model().values;
  LocalCollective alone;
  auto report = engine.run(1, assignment_of(engine.spec(), 0, 1), alone);
  report.result.throw_if_failed();
  for (size_t i = 0; i < change.size(); ++i) change[i] = engine.model().values[i] - change[i];
  return {report.loss, change};
}

std::string weights(const std::string& numbers) { return ", \"loss_weights\": [" + numbers + "]"; }

TEST(FitLoss, IsTheWeightedSum) {
  Step main = one_step(weights("1, 0")), aux = one_step(weights("0, 1")),
       both = one_step(weights("1, 0.3"));
  EXPECT_GT(aux.loss, 0);
  EXPECT_NEAR(both.loss, main.loss + 0.3 * aux.loss, 1e-6);
  for (size_t i = 0; i < both.change.size(); ++i) {
    EXPECT_NEAR(both.change[i], main.change[i] + 0.3 * aux.change[i], 1e-6) << i;
  }
  EXPECT_NEAR(one_step("").loss, main.loss + aux.loss, 1e-6);
}

TEST(FitLoss, AHeadWithoutWeightDoesNotLearn) {
  Model model = two_heads();
  Step main = one_step(weights("1, 0"));
  for (const Param& p : model.table.params()) {
    bool moved = false;
    for (int64_t i = p.offset; i < p.offset + p.size; ++i) {
      moved = moved || main.change[static_cast<size_t>(i)] != 0;
    }
    EXPECT_EQ(moved, p.name.find("aux") == std::string::npos) << p.name;
  }
}

TEST(FitLoss, PredictionsAreOfTheFirstOutput) {
  Model model = two_heads(), alone = model;
  alone.graph = std::make_shared<const Graph>(model.graph->with_first_outputs(1));
  std::string bytes = rows();
  Block block = parse_block(bytes, "rows");
  std::string got = Predictor(model).predict(block, 1);
  EXPECT_EQ(got.size(), kRows * 3 * sizeof(float));
  EXPECT_EQ(got, Predictor(alone).predict(block, 1));

  FitSpec spec = FitSpec::parse(R"({"metrics": [{"kind": "Accuracy"}], "loss_weights": [1, 0.3]})");
  EvalSums sums = Predictor(model).evaluate(spec, block, 1);
  EXPECT_EQ(sums.rows, kRows);
  EXPECT_NEAR(sums.loss.sum / sums.loss.normaliser, one_step(weights("1, 0")).loss, 1e-5);
}

// The same as weights, and as one loss of two outputs would be.
TEST(FitLoss, ATermForEachOutput) {
  Step one = one_step(weights("1, 0.3"));
  Step two = one_step(R"(, "loss": [{"loss": {"kind": "CrossEntropy"}},
                          {"loss": {"kind": "CrossEntropy"}, "outputs": [1], "weight": 0.3}])");
  EXPECT_NEAR(one.loss, two.loss, 1e-6);
  for (size_t i = 0; i < one.change.size(); ++i) EXPECT_NEAR(one.change[i], two.change[i], 1e-6);
}

TEST(FitLoss, TermsOfOneOutputAreAdded) {
  Step once = one_step(weights("1, 0"));
  Step twice = one_step(R"(, "loss": [{"loss": {"kind": "CrossEntropy"}, "weight": 0.5},
                                     {"loss": {"kind": "CrossEntropy"}, "weight": 0.5}])");
  EXPECT_NEAR(once.loss, twice.loss, 1e-6);
  for (size_t i = 0; i < once.change.size(); ++i)
    EXPECT_NEAR(once.change[i], twice.change[i], 1e-6);
}

// Two numbers, then a class id.
TEST(FitLoss, TermsSeeTheirPartOfTheLabels) {
  FitLoss loss =
      FitLoss::parse(parse_json(R"([{"loss": {"kind": "MeanSquaredError"}, "labels": [0, 2]},
      {"loss": {"kind": "CrossEntropy"}, "outputs": [1], "labels": [2, 3], "weight": 2}])",
                                "loss"),
                     {});
  std::vector<float> numbers = {1, 2, 0, 3, 4, 1}, first = {1, 2, 3, 5}, second = {0, 0, 0, 0};
  std::vector<Shape> shapes = {{2, 2}, {2, 2}};
  std::vector<const void*> outputs = {first.data(), second.data()};
  LossSum sum = loss.evaluate(shapes, outputs, {DType::f32, {3}, numbers.data()});
  EXPECT_EQ(sum.normaliser, 2);
  EXPECT_NEAR(sum.sum / sum.normaliser, 0.25 + 2 * std::log(2.0), 1e-6);
  EXPECT_EQ(FitLoss::parse(loss.json(), {}).json(), loss.json());
}

TEST(FitLoss, TermsThatDoNotFit) {
  auto sentence = [](const std::string& terms) {
    try {
      FitSpec spec = FitSpec::parse("{\"loss\": " + terms + "}");
      std::string bytes = rows();
      check_fit(two_heads(), spec, labels_of(parse_block(bytes, "rows")));
    } catch (const Error& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  const std::string one = R"({"loss": {"kind": "CrossEntropy"}})";
  EXPECT_EQ(sentence("[" + one + "]"), "");
  EXPECT_EQ(sentence("[]"), "loss: needs at least one term");
  EXPECT_EQ(sentence(R"([{"loss": {"kind": "CrossEntropy"}, "outputs": [2]}])"),
            "loss.outputs: must be below the number of the model's outputs, 2, got 2");
  EXPECT_EQ(sentence(R"([{"loss": {"kind": "CrossEntropy"}, "outputs": [0, 1]}])"),
            "loss.outputs: CrossEntropy takes 1, got 2");
  EXPECT_EQ(sentence(R"([{"loss": {"kind": "CrossEntropy"}, "labels": [0, 2]}])"),
            "loss.labels: must end within the 1 numbers of a row's labels, got [0, 2]");
  EXPECT_EQ(sentence(R"([{"loss": {"kind": "CrossEntropy"}, "weight": 0}])"),
            "loss.weight: must be > 0, got 0");
}

TEST(FitLoss, WeightsThatDoNotFit) {
  auto sentence = [](const std::string& weights) {
    try {
      FitSpec spec = FitSpec::parse("{\"loss_weights\": " + weights + "}");
      std::string bytes = rows();
      check_fit(two_heads(), spec, labels_of(parse_block(bytes, "rows")));
    } catch (const Error& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  EXPECT_EQ(sentence("[1, 0.3]"), "");
  EXPECT_EQ(sentence("[1]"), "loss_weights: must be one for each of the model's outputs, 2, got 1");
  EXPECT_EQ(sentence("[1, -0.5]"), "loss_weights: must be >= 0, got -0.5");
  EXPECT_EQ(sentence("[0, 0]"), "loss_weights: one of them must be > 0");
}

}  // namespace
}  // namespace firesteel
