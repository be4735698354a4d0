// SPDX-License-Identifier: Apache-2.0
// What a plan tells its watch is true: gradients that it calls final are, and parameters that it has
// not asked for are not read.
#include "nn/plan_watch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>

#include "core/rng.h"
#include "nn/model.h"
#include "nn/model_api.h"
#include "nn/models/zoo.h"
#include "nn/plan.h"
#include "tests/nn/bound_plan.h"

namespace firesteel {
namespace {

std::vector<Slice> parts_of(const ParamTable& table, int64_t each) {
  std::vector<Slice> parts;
  for (const Param& p : table.params()) {
    bool state_begins = p.offset == table.trainable();
    if (parts.empty() || state_begins || p.offset - parts.back().begin >= each) {
      if (!parts.empty()) parts.back().end = p.offset;
      parts.push_back({p.offset, 0});
    }
  }
  parts.back().end = table.total();
  return parts;
}

struct Case {
  const char* model;
  Recompute recompute = Recompute::cheap;
};

class WatchedPlan : public ::testing::TestWithParam<Case> {
 protected:
  WatchedPlan() {
    env_.recompute = GetParam().recompute;
    model_ = Model::make(graph_from_json(named_graph(GetParam().model), GetParam().model), 1);
    parts_ = parts_of(model_.table, 5000);
  }
  // Runs once; the gradients.
  std::vector<float> run(std::vector<float>& values, PackedParams& packed, PlanWatch* watch,
                         std::vector<float>* gradients) {
    auto plan = compile(model_.graph, model_.table, 2, env_, packed);
    plan->divide(parts_);
    AlignedBuffer arena(plan->arena_bytes());
    plan->bind(arena.data());
    Rng rng(5);
    auto* x = static_cast<float*>(plan->input());
    for (int64_t i = 0; i < 2 * numel(model_.input_shape()); ++i) x[i] = rng.unit();
    gradients->assign(values.size(), NAN);
    std::vector<int64_t> samples = {4, 9};
    if (watch) start(values, packed);
    plan->forward({.seed = 1, .step = 3, .samples = samples}, watch);
    auto* dy = static_cast<float*>(plan->output_gradient());
    for (int64_t i = 0; i < numel(plan->output_shape()); ++i) dy[i] = rng.normal();
    plan->backward(gradients->data(), watch);
    return *gradients;
  }
  // The parameters are wrong until the plan asks for them.
  void start(std::vector<float>& values, PackedParams& packed) {
    std::fill_n(values.begin(), model_.table.trainable(), NAN);
    for (Slice part : parts_) packed.refresh(part);
  }

  Env env_;
  Model model_;
  std::vector<Slice> parts_;
};

struct Checks final : PlanWatch {
  void step() override { ++steps; }
  void reads(size_t part) override {
    asked.push_back(part);
    std::copy(right->begin() + (*parts)[part].begin, right->begin() + (*parts)[part].end,
              values->begin() + (*parts)[part].begin);
    packed->refresh((*parts)[part]);
  }
  void wrote(size_t part) override {
    final.push_back(part);
    then.emplace_back(gradients->begin() + (*parts)[part].begin,
                      gradients->begin() + (*parts)[part].end);
  }
  const std::vector<Slice>* parts;
  const std::vector<float>* right;
  std::vector<float>*values, *gradients;
  PackedParams* packed;
  int steps = 0;
  std::vector<size_t> asked, final;
  std::vector<std::vector<float>> then;
};

TEST_P(WatchedPlan, TellsTheTruth) {
  std::vector<float> right = model_.values, expected, gradients;
  PackedParams packed(env_, model_.values.data());
  run(model_.values, packed, nullptr, &expected);
  Checks checks;
  checks.parts = &parts_;
  checks.right = &right;
  checks.values = &model_.values;
  checks.gradients = &gradients;
  checks.packed = &packed;
  run(model_.values, packed, &checks, &gradients);
  EXPECT_EQ(gradients, expected);
  EXPECT_GT(checks.steps, 5);
  ASSERT_EQ(checks.final.size(), parts_.size());
  for (size_t i = 0; i < parts_.size(); ++i) {
    Slice part = parts_[checks.final[i]];
    std::vector<float> whole(expected.begin() + part.begin, expected.begin() + part.end);
    EXPECT_EQ(checks.then[i], whole) << "part " << checks.final[i];
  }
  std::ranges::sort(checks.final);
  EXPECT_EQ(std::ranges::unique(checks.final).size(), 0u);
  size_t trained = static_cast<size_t>(std::ranges::count_if(
      parts_, [&](Slice part) { return part.begin < model_.table.trainable(); }));
  EXPECT_EQ(checks.asked.size(), trained);
}

INSTANTIATE_TEST_SUITE_P(Models, WatchedPlan,
                         ::testing::Values(Case{"lenet5"}, Case{"resnet8"},
                                           Case{"resnet8", Recompute::segments},
                                           Case{"mobilenet_v2"}, Case{"transformer"}),
                         [](const auto& info) {
                           return std::string(info.param.model) +
                                  (info.param.recompute == Recompute::segments ? "_segments" : "");
                         });

TEST(PlanWatch, MayEndARun) {
  struct Ends final : PlanWatch {
    void step() override {
      if (++steps == 3) throw SystemError("enough");
    }
    void reads(size_t) override {}
    void wrote(size_t) override {}
    int steps = 0;
  };
  testing::BoundPlan bound("lenet5");
  Plan* plan = bound.plan.get();
  Ends ends;
  EXPECT_THROW(plan->forward({}, &ends), SystemError);
  EXPECT_EQ(ends.steps, 3);
}

TEST(PacedPlan, TakesItsTimeAndTellsItsWatch) {
  struct Notes final : PlanWatch {
    void step() override {}
    void reads(size_t) override { ++asked; }
    void wrote(size_t) override { at.push_back(std::chrono::steady_clock::now()); }
    int asked = 0;
    std::vector<std::chrono::steady_clock::time_point> at;
  };
  testing::BoundPlan bound("lenet5");
  Plan* plan = bound.plan.get();
  auto parts = parts_of(bound.model.table, 1000);
  plan->divide(parts);
  plan->pace(0.3);
  Notes notes;
  std::vector<float> gradients(bound.model.values.size());
  auto start = std::chrono::steady_clock::now();
  auto since = [&](auto now) { return std::chrono::duration<double>(now - start).count(); };
  plan->forward({}, &notes);
  EXPECT_GE(since(std::chrono::steady_clock::now()), 0.099);
  plan->backward(gradients.data(), &notes);
  EXPECT_GE(since(std::chrono::steady_clock::now()), 0.299);
  EXPECT_LT(since(std::chrono::steady_clock::now()), 3);
  EXPECT_EQ(notes.asked, static_cast<int>(parts.size()));
  ASSERT_EQ(notes.at.size(), parts.size());
  EXPECT_GE(since(notes.at.front()), 0.1);
  EXPECT_LT(notes.at.front(), notes.at.back());
}

}  // namespace
}  // namespace firesteel
