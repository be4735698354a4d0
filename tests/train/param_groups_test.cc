// SPDX-License-Identifier: Apache-2.0
#include "train/param_groups.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/train/fits.h"

namespace firesteel::testing {
namespace {

TEST(ParamGroups, NamesAreMatchedByPatterns) {
  EXPECT_TRUE(matches("*", "conv1.weight"));
  EXPECT_TRUE(matches("conv1.weight", "conv1.weight"));
  EXPECT_TRUE(matches("conv?.*", "conv1.weight"));
  EXPECT_TRUE(matches("*.weight", "block.1.conv.weight"));
  EXPECT_TRUE(matches("*o*.w*t", "conv.woot.weight"));
  EXPECT_FALSE(matches("conv?.weight", "conv10.weight"));
  EXPECT_FALSE(matches("conv", "conv1.weight"));
  EXPECT_FALSE(matches("*.bias", "conv1.bias2"));
  EXPECT_FALSE(matches("", "conv1.bias"));
}

std::string refusal(const std::string& groups) {
  try {
    FitSpec spec = FitSpec::parse("{\"param_groups\": " + groups + "}");
    check_model(deep_net(), spec);
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

TEST(ParamGroups, MistakesAreSentences) {
  EXPECT_EQ(refusal(R"([{"match": "fc*", "lr": 2}])"), "");
  EXPECT_EQ(refusal(R"([{"match": "fc0.wieght"}])"),
            "param_groups[0].match: 'fc0.wieght' matches no parameter. Did you mean 'fc0.weight'?");
  EXPECT_EQ(refusal(R"([{"match": "*.wieght"}])"),
            "param_groups[0].match: '*.wieght' matches no parameter. Did you mean '*.weight'?");
  EXPECT_EQ(
      refusal(R"([{"match": "resnet/convolution.*"}])"),
      "param_groups[0].match: 'resnet/convolution.*' matches no parameter. There are fc0.weight, "
      "fc0.bias, fc1.weight, fc1.bias, fc2.weight, ...");
  EXPECT_EQ(refusal(R"([{"match": "fc*"}, {"match": "*.bias"}])"),
            "param_groups[1].match: '*.bias' matches only parameters that are in groups before it");
  EXPECT_EQ(refusal(R"([{"match": "*", "weight_decy": 1}])"),
            "param_groups[0]: no attribute 'weight_decy'. Did you mean 'weight_decay'?");
  EXPECT_EQ(refusal(R"([{"match": "*", "l1": -1}])"), "param_groups[0].l1: must be >= 0, got -1");
  EXPECT_EQ(refusal(R"([{"lr": 1}])"), "param_groups[0]: no 'match'");
  EXPECT_EQ(refusal(R"({"match": "*"})"), "param_groups: must be a list");
}

TEST(ParamGroups, GoThroughJson) {
  std::string text =
      R"([{"match": "a*", "lr": 0.5, "weight_decay": 0.1, "l1": 0.2, "l2": 0.3, "freeze": true},
          {"match": "*", "optimizer": {"kind": "Adam", "lr": 0.25}}])";
  Json once = groups_to_json(groups_from_json(Json::parse(text)));
  EXPECT_EQ(groups_to_json(groups_from_json(once)), once);
  EXPECT_EQ(once[0]["weight_decay"], 0.1);
  EXPECT_TRUE(once[1]["weight_decay"].is_null());
  EXPECT_EQ(once[1]["optimizer"]["lr"], 0.25);
}

std::vector<float> after(int64_t steps, const std::string& more) {
  auto own = engine({.lanes = 1, .deep = true, .more = more}, 1);
  LocalCollective alone;
  own->run(steps, assignment_of(own->spec(), 0, 1), alone);
  return own->model().values;
}

constexpr const char* kSgd = R"("optimizer": {"kind": "SGD", "lr": 0.5, "weight_decay": 0.1})";

// One step of each parameter against that of plain SGD.
TEST(ParamGroups, ChangeTheStepsOfTheirParameters) {
  Model start = deep_net();
  auto plain = after(1, R"({"optimizer": {"kind": "SGD", "lr": 0.5}})");
  auto grouped = after(1, cat("{", kSgd, R"(, "param_groups": [
      {"match": "fc0.*", "freeze": true},
      {"match": "fc1.*", "lr": 0.1, "weight_decay": 0},
      {"match": "*2.weight", "lr": 2},
      {"match": "fc3.bias", "weight_decay": 0.25},
      {"match": "fc4.weight", "weight_decay": 0, "l1": 0.01, "l2": 0.2},
      {"match": "fc5.*", "optimizer": {"kind": "SGD", "lr": 0.05, "weight_decay": 0.3}}]})"));
  for (const Param& p : start.table.params()) {
    for (int64_t i = p.offset; i < p.offset + p.size; ++i) {
      auto at = static_cast<size_t>(i);
      double w = start.values[at], g = (w - plain[at]) / 0.5;
      double decayed = g + (p.spec.decay ? 0.1 * w : 0), expected = w - 0.5 * decayed;
      if (p.name.starts_with("fc0")) expected = w;
      if (p.name.starts_with("fc1")) expected = w - 0.05 * g;
      if (p.name == "fc2.weight") expected = w - decayed;
      if (p.name == "fc3.bias") expected = w - 0.5 * (g + 0.25 * w);
      if (p.name == "fc4.weight") expected = w - 0.5 * (g + (w > 0 ? 0.01 : -0.01) + 0.2 * w);
      if (p.name.starts_with("fc5")) expected = w - 0.05 * (g + (p.spec.decay ? 0.3 * w : 0));
      ASSERT_NEAR(grouped[at], expected, 1e-6) << p.name << " " << i;
    }
  }
}

TEST(ParamGroups, SameBitsForAnyWorkers) {
  for (bool deep : {false, true}) {
    std::string last = deep ? "fc5.*" : "fc.*", first = deep ? "fc0.*" : "conv1.*";
    Kind kind{.reproducible = true, .deep = deep, .clip_norm = 0.5};
    kind.more =
        cat(R"({"param_groups": [{"match": ")", first, R"(", "freeze": true}, {"match": ")", last,
            R"(", "optimizer": {"kind": "LARS", "lr": 1}}, {"match": "*.bias", "l2": 0.1},
                    {"match": "*", "optimizer": {"kind": "Adam", "lr": 0.01, "amsgrad": true}}]})");
    auto expected = fit(1, 1, kind)[0];
    for (const auto& values : fit(3, 2, kind)) EXPECT_EQ(values, expected) << deep;
    EXPECT_EQ(carried_fit(2, false, kind), expected);
    auto own = engine(kind, 1);
    for (const Param& p : own->model().table.params()) {
      if (!matches(first, p.name)) continue;
      for (int64_t i = p.offset; i < p.offset + p.size; ++i) {
        ASSERT_EQ(expected[static_cast<size_t>(i)], own->model().values[static_cast<size_t>(i)]);
      }
    }
  }
}

// As for torch.nn.utils.clip_grad_norm_, for which they have no gradients.
TEST(ParamGroups, FrozenParametersDoNotCountForClipping) {
  constexpr double kMost = 0.01;
  Model start = deep_net();
  auto free = after(1, R"({"optimizer": {"kind": "SGD", "lr": 1}})");
  Kind kind{.lanes = 1, .deep = true, .clip_norm = kMost};
  kind.more =
      R"({"optimizer": {"kind": "SGD", "lr": 1}, "param_groups": [{"match": "fc[0-9]*", "freeze": true}]})";
  EXPECT_THROW(engine(kind, 1), AttrError);  // there are no classes of letters
  kind.more =
      R"({"optimizer": {"kind": "SGD", "lr": 1}, "param_groups": [{"match": "fc0.*", "freeze": true}]})";
  auto own = engine(kind, 1);
  LocalCollective alone;
  own->run(1, assignment_of(own->spec(), 0, 1), alone);
  std::vector<double> gradient;
  double squares = 0;
  for (size_t i = 0; i < free.size(); ++i) gradient.push_back(double{start.values[i]} - free[i]);
  auto is_free = [](const Param& p) { return !p.name.starts_with("fc0"); };
  for (const Param& p : start.table.params()) {
    for (auto i = static_cast<size_t>(p.offset);
         is_free(p) && i < static_cast<size_t>(p.offset + p.size); ++i) {
      squares += gradient[i] * gradient[i];
    }
  }
  ASSERT_GT(std::sqrt(squares), kMost);
  for (const Param& p : start.table.params()) {
    for (auto i = static_cast<size_t>(p.offset); i < static_cast<size_t>(p.offset + p.size); ++i) {
      double step = is_free(p) ? kMost / std::sqrt(squares) * gradient[i] : 0;
      ASSERT_NEAR(own->model().values[i], start.values[i] - step, 1e-6) << p.name;
    }
  }
}

}  // namespace
}  // namespace firesteel::testing
