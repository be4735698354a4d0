// SPDX-License-Identifier: Apache-2.0
// What every registered layer must do; a new layer is tested by being registered.
#include <gtest/gtest.h>

#include <set>

#include "core/json.h"
#include "core/threads.h"
#include "nn/layer_run.h"
#include "nn/models/zoo.h"
#include "tests/relative_distance.h"
#include "tests/skip_without_bf16.h"

namespace firesteel::testing {
namespace {

constexpr double kGradientTolerance = 1e-6;  // f64 against central differences
constexpr double kF32Tolerance = 2e-5;       // oneDNN against plain loops
constexpr double kBf16Tolerance = 0.05;      // eight bits

using Named = std::pair<std::string, Sample (*)()>;

class EveryLayer : public ::testing::TestWithParam<Named> {
 protected:
  std::string kind() const { return GetParam().first; }
  Sample sample() const { return GetParam().second(); }
};

TEST_P(EveryLayer, AttributesSurviveARoundTrip) {
  auto first = layer(kind(), sample().attrs);
  Json text = to_json(first->attrs());
  auto second = layer(kind(), attrs_from_json(parse_json(text.dump(), "attrs"), kind()));
  EXPECT_EQ(text, to_json(second->attrs()));
}

TEST_P(EveryLayer, UnknownAttributeIsNamed) {
  try {
    auto attrs = sample().attrs;
    attrs.emplace_back("no_such_thing", int64_t{1});
    layer(kind(), attrs);
    FAIL() << "nothing was thrown";
  } catch (const AttrError& e) {
    EXPECT_TRUE(std::string(e.what()).starts_with(kind() + ": no attribute 'no_such_thing'"))
        << e.what();
  }
}

TEST_P(EveryLayer, EveryAttributeChecksItsTypeAndRule) {
  for (const AttrInfo& a : layer(kind(), sample().attrs)->info().attrs) {
    auto made = Registry<Layer>::instance().entries().at(kind()).create();
    AttrValue wrong = a.type == "string" ? AttrValue(int64_t{1}) : AttrValue(std::string("x"));
    try {
      made->set(a.name, wrong);
      FAIL() << a.name << " took a value of the wrong type";
    } catch (const AttrError& e) {
      EXPECT_TRUE(std::string(e.what()).starts_with(cat(kind(), ".", a.name, ": expected ")))
          << e.what();
    }
    if (!a.rule.starts_with("must be > 0")) continue;
    try {
      made->set(a.name, int64_t{-1});
      FAIL() << a.name << " took -1";
    } catch (const AttrError& e) {
      EXPECT_EQ(std::string(e.what()), cat(kind(), ".", a.name, ": ", a.rule, ", got -1"));
    }
  }
}

TEST_P(EveryLayer, RequiredAttributesAreRequired) {
  for (const AttrInfo& a : layer(kind(), sample().attrs)->info().attrs) {
    if (!a.required) continue;
    Attrs rest = sample().attrs;
    std::erase_if(rest, [&](const auto& item) { return item.first == a.name; });
    try {
      layer(kind(), rest);
      FAIL() << a.name << " may be left out";
    } catch (const AttrError& e) {
      EXPECT_EQ(std::string(e.what()), cat(kind(), ".", a.name, ": required, but not given"));
    }
  }
}

TEST_P(EveryLayer, InferredShapeFollowsTheBatch) {
  Sample s = sample();
  auto one = layer(kind(), s.attrs);
  Shapes out = one->infer(s.in);
  Shapes larger = s.in;
  for (Shape& shape : larger) shape[0] *= 3;
  Shapes more = one->infer(larger);
  ASSERT_EQ(out.size(), more.size());
  for (size_t i = 0; i < out.size(); ++i) {
    EXPECT_EQ(more[i][0], out[i][0] * 3);
    EXPECT_EQ(without_batch(more[i]), without_batch(out[i]));
  }
  LayerRun run(kind(), s, {.reference = true});
  run.run();
  EXPECT_EQ(run.output_shapes(), out);
}

TEST_P(EveryLayer, GradientEqualsCentralDifference) {
  if (!layer(kind(), sample().attrs)->trains()) GTEST_SKIP() << kind() << " has no gradient";
  LayerRun run(kind(), sample(), {.dtype = DType::f64, .input_gradients = true});
  EXPECT_LT(gradient_error(run), kGradientTolerance);
}

TEST_P(EveryLayer, OneDnnEqualsPlainLoops) {
  for (bool training : {true, false}) {
    Env env{.training = training, .input_gradients = training};
    LayerRun fast(kind(), sample(), env);
    env.reference = true;
    LayerRun plain(kind(), sample(), env);
    fast.run();
    plain.run();
    EXPECT_LT(distance(fast.output, plain.output), kF32Tolerance) << "training " << training;
    EXPECT_LT(distance(fast.gradient, plain.gradient), kF32Tolerance);
  }
}

TEST_P(EveryLayer, Bf16IsNearF32) {
  FIRESTEEL_SKIP_WITHOUT_BF16();
  for (bool training : {true, false}) {
    Env env{.training = training, .input_gradients = training};
    LayerRun wide(kind(), sample(), env);
    env.compute = DType::bf16;
    LayerRun narrow(kind(), sample(), env);
    wide.run();
    narrow.run();
    EXPECT_LT(relative_distance(narrow.output, wide.output), kBf16Tolerance);
    EXPECT_LT(relative_distance(narrow.gradient, wide.gradient), kBf16Tolerance);
  }
}

TEST_P(EveryLayer, ThreadsDoNotMatter) {
  set_threads(1);
  LayerRun one(kind(), sample(), {.input_gradients = true});
  one.run();
  set_threads(3);
  LayerRun three(kind(), sample(), {.input_gradients = true});
  three.run();
  set_threads(1);
  EXPECT_LT(distance(one.output, three.output), kF32Tolerance);
  EXPECT_LT(distance(one.gradient, three.gradient), kF32Tolerance);
}

// Of each output, one after the other.
std::vector<double> first_rows(const LayerRun& run) {
  std::vector<double> rows;
  auto at = run.output.begin();
  for (const Shape& shape : run.output_shapes()) {
    rows.insert(rows.end(), at, at + numel(without_batch(shape)));
    at += numel(shape);
  }
  return rows;
}

TEST_P(EveryLayer, RowsAreIndependentInInference) {
  Sample s = sample();
  if (!layer(kind(), s.attrs)->keeps_rows()) GTEST_SKIP() << "its rows are steps of samples";
  LayerRun all(kind(), s, {.training = false});
  all.run();
  Sample first_row = s;
  for (Shape& shape : first_row.in) shape[0] = 1;
  LayerRun one(kind(), first_row, {.training = false});
  // The same numbers: the first row of each input, then the parameters.
  std::vector<double> variables;
  size_t at = 0;
  for (const Shape& shape : s.in) {
    auto row = static_cast<size_t>(numel(shape) / shape[0]);
    variables.insert(variables.end(), all.variables.begin() + static_cast<int64_t>(at),
                     all.variables.begin() + static_cast<int64_t>(at + row));
    at += static_cast<size_t>(numel(shape));
  }
  variables.insert(variables.end(), all.variables.begin() + static_cast<int64_t>(at),
                   all.variables.end());
  ASSERT_EQ(one.variables.size(), variables.size());
  one.variables = variables;
  if (!one.table().params().empty() && layer(kind(), s.attrs)->couples_rows()) {
    GTEST_SKIP() << "state has other random numbers";
  }
  one.run();
  EXPECT_LT(distance(one.output, first_rows(all)), kF32Tolerance);
}

INSTANTIATE_TEST_SUITE_P(Registry, EveryLayer, ::testing::ValuesIn(LayerSamples::all()),
                         [](const auto& info) { return info.param.first; });

TEST(EveryLayerChecks, EveryRegisteredLayerHasASample) {
  std::set<std::string> sampled;
  for (const auto& [kind, sample] : LayerSamples::all()) sampled.insert(kind);
  for (const auto& [kind, entry] : Registry<Layer>::instance().entries()) {
    EXPECT_TRUE(sampled.count(kind)) << kind;
  }
  EXPECT_GE(sampled.size(), 13u);
}

// A planted fault: Tanh whose backward forgets the square.
struct BrokenTanh final : LayerOf<BrokenTanh> {
  static constexpr auto schema() { return Schema{"BrokenTanh", "test", "Wrong on purpose."}; }
  Shapes infer(const Shapes& in) const override { return {in[0]}; }
  void prepare(Prepare& p) const override { p.backward_reads_output(); }
  void forward(Run& r) const override {
    for (int64_t i = 0; i < r.elements(); ++i) {
      static_cast<double*>(r.y())[i] = std::tanh(static_cast<const double*>(r.x())[i]);
    }
  }
  void backward(Run& r) const override {
    for (int64_t i = 0; i < r.elements(); ++i) {
      double y = static_cast<const double*>(r.y())[i];
      static_cast<double*>(r.dx())[i] = static_cast<const double*>(r.dy())[i] * (1 - y);
    }
  }
};

TEST(EveryLayerChecks, GradientCheckSeesAWrongGradient) {
  Registry<Layer>::instance().add<BrokenTanh>();
  LayerRun run("BrokenTanh", {.attrs = {}, .in = {{3, 4}}},
               {.dtype = DType::f64, .input_gradients = true});
  EXPECT_GT(gradient_error(run), 1e-2);
}

}  // namespace
}  // namespace firesteel::testing
