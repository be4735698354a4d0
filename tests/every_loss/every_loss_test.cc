// SPDX-License-Identifier: Apache-2.0
// What every registered loss must do; a new loss is tested by being registered.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "core/json.h"
#include "tests/every_loss/loss_run.h"

namespace firesteel::testing {
namespace {

constexpr double kGradientTolerance = 1e-6;  // f64 against central differences
constexpr double kF32Tolerance = 2e-5;       // f32 against f64
constexpr double kPartsTolerance = 1e-12;    // sums in another order

using Named = std::pair<std::string, LossSample (*)()>;

std::unique_ptr<Loss> made(const std::string& kind, const Attrs& attrs) {
  return Registry<Loss>::instance().make(kind, attrs);
}

class EveryLoss : public ::testing::TestWithParam<Named> {
 protected:
  std::string kind() const { return GetParam().first; }
  LossSample sample() const { return GetParam().second(); }
  std::unique_ptr<Loss> loss() const { return made(kind(), sample().attrs); }
  LossRun run() const { return {loss(), sample()}; }
};

double distance(double a, double b) { return std::abs(a - b) / std::max(1.0, std::abs(b)); }

double distance(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size()) return INFINITY;
  double most = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    double d = distance(a[i], b[i]);
    if (!(d <= most)) most = d;  // also when d is not a number
  }
  return most;
}

// The largest distance between the gradient and central differences of the sum.
double gradient_error(LossRun& run) {
  constexpr double kStep = 1e-5;
  run.run(DType::f64);
  std::vector<double> claimed = run.gradient, measured(claimed.size(), 0);
  for (size_t i = 0; i < run.variables(); ++i) {
    double at = run.numbers[i];
    run.numbers[i] = at + kStep;
    double above = run.run(DType::f64).sum;
    run.numbers[i] = at - kStep;
    double below = run.run(DType::f64).sum;
    run.numbers[i] = at;
    measured[i] = (above - below) / (2 * kStep);
  }
  return distance(claimed, measured);
}

TEST_P(EveryLoss, AttributesSurviveARoundTrip) {
  Json text = to_json(loss()->attrs());
  auto second = made(kind(), attrs_from_json(parse_json(text.dump(), "attrs"), kind()));
  EXPECT_EQ(text, to_json(second->attrs()));
}

TEST_P(EveryLoss, UnknownAttributeIsNamed) {
  try {
    Attrs attrs = sample().attrs;
    attrs.emplace_back("no_such_thing", int64_t{1});
    made(kind(), attrs);
    FAIL() << "nothing was thrown";
  } catch (const AttrError& e) {
    EXPECT_TRUE(std::string(e.what()).starts_with(kind() + ": no attribute 'no_such_thing'"))
        << e.what();
  }
}

TEST_P(EveryLoss, EveryAttributeChecksItsTypeAndRule) {
  for (const AttrInfo& a : loss()->info().attrs) {
    auto bare = Registry<Loss>::instance().entries().at(kind()).create();
    AttrValue wrong = a.type == "string" ? AttrValue(int64_t{1}) : AttrValue(std::string("x"));
    try {
      bare->set(a.name, wrong);
      FAIL() << a.name << " took a value of the wrong type";
    } catch (const AttrError& e) {
      EXPECT_TRUE(std::string(e.what()).starts_with(cat(kind(), ".", a.name, ": expected ")))
          << e.what();
    }
    bool number = a.rule.starts_with("must be > 0") || a.rule.starts_with("must be >= 0");
    bool word = a.type == "string" && !a.rule.empty();
    if (!number && !word) continue;
    AttrValue unruly = word ? AttrValue(std::string("x")) : AttrValue(int64_t{-1});
    try {
      bare->set(a.name, unruly);
      FAIL() << a.name << " took " << to_text(unruly);
    } catch (const AttrError& e) {
      EXPECT_EQ(std::string(e.what()),
                cat(kind(), ".", a.name, ": ", a.rule, ", got ", to_text(unruly)));
    }
  }
}

TEST_P(EveryLoss, RequiredAttributesAreRequired) {
  for (const AttrInfo& a : loss()->info().attrs) {
    if (!a.required) continue;
    Attrs rest = sample().attrs;
    std::erase_if(rest, [&](const auto& item) { return item.first == a.name; });
    try {
      made(kind(), rest);
      FAIL() << a.name << " may be left out";
    } catch (const AttrError& e) {
      EXPECT_EQ(std::string(e.what()), cat(kind(), ".", a.name, ": required, but not given"));
    }
  }
}

TEST_P(EveryLoss, GradientEqualsCentralDifference) {
  LossRun one = run();
  EXPECT_LT(gradient_error(one), kGradientTolerance);
}

TEST_P(EveryLoss, F32IsNearF64) {
  LossRun wide = run(), narrow = run();
  LossSum expected = wide.run(DType::f64), got = narrow.run(DType::f32);
  EXPECT_GT(expected.normaliser, 0);
  EXPECT_LT(distance(got.sum, expected.sum), kF32Tolerance);
  EXPECT_LT(distance(got.normaliser, expected.normaliser), kF32Tolerance);
  EXPECT_LT(distance(narrow.gradient, wide.gradient), kF32Tolerance);
}

// Sums, normalisers and gradients alike, wherever a batch is cut.
TEST_P(EveryLoss, PartsAddUpToTheWhole) {
  LossSample s = sample();
  LossRun whole = run(), part = run();
  LossSum expected = whole.run(DType::f64);
  for (int64_t cut = 1; cut < LossRun::kRows; ++cut) {
    LossSum first = part.run(DType::f64, 0, cut);
    std::vector<double> before = part.gradient;
    LossSum second = part.run(DType::f64, cut, LossRun::kRows);
    EXPECT_LT(distance(first.sum + second.sum, expected.sum), kPartsTolerance);
    EXPECT_LT(distance(first.normaliser + second.normaliser, expected.normaliser), kPartsTolerance);
    std::vector<double> joined;
    auto a = before.begin(), b = part.gradient.begin();
    for (const Shape& row : s.outputs) {
      int64_t upper = cut * numel(row), lower = (LossRun::kRows - cut) * numel(row);
      joined.insert(joined.end(), a, a + upper);
      joined.insert(joined.end(), b, b + lower);
      a += upper, b += lower;
    }
    EXPECT_LT(distance(joined, whole.gradient), kPartsTolerance);
  }
}

TEST_P(EveryLoss, ItsSumDoesNotDependOnTheGradient) {
  LossRun one = run();
  for (DType dtype : {DType::f32, DType::f64}) {
    LossSum with = one.run(dtype), without = one.run(dtype, 0, LossRun::kRows, false);
    EXPECT_LT(distance(without.sum, with.sum), kF32Tolerance);
    EXPECT_EQ(without.normaliser, with.normaliser);
  }
}

TEST_P(EveryLoss, LabelsOfAnotherShapeAreRefused) {
  LossSample s = sample();
  auto one = loss();
  ASSERT_EQ(one->outputs(), s.outputs.size());
  EXPECT_NO_THROW(one->check_outputs(s.outputs, {s.labels_dtype, s.labels}));
  if (s.any_labels) return;
  Labels others{s.labels_dtype, {numel(s.labels) + 2, 7}};
  try {
    one->check_outputs(s.outputs, others);
    FAIL() << "nothing was thrown";
  } catch (const ShapeError& e) {
    std::string text = e.what();
    EXPECT_NE(text.find(": "), std::string::npos) << text;
    EXPECT_NE(text.find("got "), std::string::npos) << text;
  }
}

INSTANTIATE_TEST_SUITE_P(Registry, EveryLoss, ::testing::ValuesIn(LossSamples::all()),
                         [](const auto& info) { return info.param.first; });

TEST(EveryLossChecks, EveryRegisteredLossHasASample) {
  std::set<std::string> sampled;
  for (const auto& [kind, sample] : LossSamples::all()) sampled.insert(kind);
  for (const auto& [kind, entry] : Registry<Loss>::instance().entries()) {
    EXPECT_TRUE(sampled.count(kind)) << kind;
  }
  EXPECT_GE(sampled.size(), 30u);
}

TEST(EveryLossChecks, WhereNothingCountsALossIsZero) {
  LossSample ignored{
      .attrs = {}, .outputs = {{3}}, .labels = {}, .labels_dtype = DType::s32, .numbers = {-100}};
  LossRun run(made("CrossEntropy", {}), ignored);
  LossSum sum = run.run(DType::f32);
  EXPECT_EQ(sum.sum, 0);
  EXPECT_EQ(sum.normaliser, 0);
  EXPECT_EQ(run.gradient, std::vector<double>(9, 0.0));
}

TEST(EveryLossChecks, ReductionsDifferInTheNormaliserAlone) {
  LossSample steps{.attrs = {},
                   .outputs = {{4, 3}},
                   .labels = {4},
                   .labels_dtype = DType::s32,
                   .numbers = {2, 0, -100, 1}};
  auto normaliser = [&](const char* reduction) {
    LossRun run(made("CrossEntropy", {{"reduction", std::string(reduction)}}), steps);
    return run.run(DType::f64).normaliser;
  };
  EXPECT_EQ(normaliser("mean"), 9);
  EXPECT_EQ(normaliser("sum"), 3);
  EXPECT_EQ(normaliser("full"), 12);
}

// Where classes lie together the kernel of softmax computes the gradient.
TEST(EveryLossChecks, CrossEntropyOfSteps) {
  LossSample steps{.attrs = {},
                   .outputs = {{4, 3}},
                   .labels = {4},
                   .labels_dtype = DType::s32,
                   .numbers = {2, 0, -100, 1, 1}};
  LossRun plain(made("CrossEntropy", {}), steps);
  EXPECT_LT(gradient_error(plain), kGradientTolerance);
  LossRun smooth(made("CrossEntropy", {{"label_smoothing", 0.3}}), steps);
  EXPECT_LT(gradient_error(smooth), kGradientTolerance);
  LossRun narrow(made("CrossEntropy", {{"label_smoothing", 0.3}}), steps);
  narrow.run(DType::f32);
  smooth.run(DType::f64);
  EXPECT_LT(distance(narrow.gradient, smooth.gradient), kF32Tolerance);
}

TEST(EveryLossChecks, MistakesAreSentences) {
  auto refusal = [](const std::string& kind, const Attrs& attrs, const Shapes& outputs,
                    const Shape& labels) {
    try {
      made(kind, attrs)->check_outputs(outputs, {DType::f32, labels});
    } catch (const Error& e) {
      return std::string(e.what());
    }
    return std::string();
  };
  EXPECT_EQ(refusal("CrossEntropy", {}, {{5}}, {2}),
            "CrossEntropy: labels must be one class id per row, got shape [2]");
  EXPECT_EQ(refusal("CrossEntropy", {{"dim", int64_t{1}}}, {{5, 2, 3}}, {2}),
            "CrossEntropy: labels must be 6 class ids per row, got shape [2]");
  EXPECT_EQ(refusal("CrossEntropy", {{"dim", int64_t{2}}}, {{5}}, {}),
            "CrossEntropy: the model's output must have an extent 2 of classes, got shape [5]");
  EXPECT_EQ(refusal("CrossEntropy", {{"weight", Reals{1, 2}}}, {{5}}, {}),
            "CrossEntropy.weight: must be 5 numbers, got 2");
  EXPECT_EQ(refusal("MeanSquaredError", {}, {{5}}, {2}),
            "MeanSquaredError: labels must have the shape of the output [5], got [2]");
  EXPECT_EQ(refusal("MarginRanking", {}, {{5}, {4}}, {5}),
            "MarginRanking: the model's outputs must have one shape, got [5] and [4]");
  EXPECT_EQ(refusal("RankHinge", {}, {{3}}, {}),
            "RankHinge: the model's output must be pairs of scores, got shape [3]");
  EXPECT_EQ(refusal("MultiBox", {}, {{5, 4}, {5, 3}, {4, 4}}, {2, 5}),
            "MultiBox: the model's third output must be [5, 4], got [4, 4]");
  EXPECT_EQ(refusal("MultiBox", {{"variances", Reals{1}}}, {}, {}),
            "MultiBox.variances: must be 4 numbers, got 1");
}

// A planted fault: a squared error whose gradient forgets the two.
struct BrokenLoss final : LossOf<BrokenLoss> {
  static constexpr auto schema() { return Schema{"BrokenLoss", "test", "Wrong on purpose."}; }
  void check(const Shape&, const Labels&) const override {}
  LossSum run(DType, const Shape& shape, const void* output, const Labels& labels,
              void* gradient) const override {
    double total = 0;
    for (int64_t i = 0; i < numel(shape); ++i) {
      double d = static_cast<const double*>(output)[i] - labels.number(i);
      total += d * d;
      static_cast<double*>(gradient)[i] = d;
    }
    return {total, static_cast<double>(shape[0])};
  }
};

TEST(EveryLossChecks, GradientCheckSeesAWrongGradient) {
  LossRun run(std::make_unique<BrokenLoss>(), {.attrs = {}, .outputs = {{4}}, .labels = {4}});
  EXPECT_GT(gradient_error(run), 1e-2);
}

// Neither the first output nor the labels.
TEST(GraphLoss, LeavesOutWhatItDoesNotUse) {
  const std::string graph = R"({"inputs": [{"name": "a"}, {"name": "b"}, {"name": "labels"}],
      "nodes": [{"name": "square", "kind": "Square", "inputs": ["b"]}], "outputs": ["square"]})";
  LossSample sample{.attrs = {{"graph", graph}}, .outputs = {{30}, {2}}, .labels = {500}};
  LossRun run(made("GraphLoss", sample.attrs), sample);
  EXPECT_LT(gradient_error(run), kGradientTolerance);
}

}  // namespace
}  // namespace firesteel::testing
