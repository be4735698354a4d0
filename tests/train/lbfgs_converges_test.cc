// SPDX-License-Identifier: Apache-2.0
// L-BFGS on problems whose solutions are known.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/train/engines.h"

namespace firesteel::testing {
namespace {

constexpr int64_t kRows = 80, kFeatures = 6;

// Rows of features of very different sizes, and what they are to add up to, with noise.
struct Problem {
  std::vector<float> x, y;

  Problem() {
    Rng rng(11);
    for (int64_t r = 0; r < kRows; ++r) {
      float sum = 0.5f * rng.normal() - 2;
      for (int64_t i = 0; i < kFeatures; ++i) {
        x.push_back(rng.normal() * std::pow(2.0f, static_cast<float>(i) - 2));
        sum += x.back() * static_cast<float>(i + 1);
      }
      y.push_back(sum);
    }
  }
  std::string block(int64_t begin, int64_t end) const {
    auto bytes = [](const float* at) { return reinterpret_cast<const uint8_t*>(at); };
    return pack_block({end - begin,
                       DType::f32,
                       DType::f32,
                       {kFeatures},
                       {1},
                       bytes(x.data() + begin * kFeatures),
                       bytes(y.data() + begin)});
  }
  // Where the gradient of the mean square, with this penalty on weights, is zero: weights, then bias.
  std::vector<double> solution(double decay) const {
    constexpr size_t kAll = kFeatures + 1;
    std::vector<std::vector<double>> a(kAll, std::vector<double>(kAll + 1));
    for (size_t r = 0; r < kRows; ++r) {
      std::vector<double> row(x.begin() + static_cast<int64_t>(r) * kFeatures,
                              x.begin() + static_cast<int64_t>(r + 1) * kFeatures);
      row.push_back(1);
      row.push_back(y[r]);
      for (size_t i = 0; i < kAll; ++i) {
        for (size_t j = 0; j <= kAll; ++j) a[i][j] += 2.0 / kRows * row[i] * row[j];
      }
    }
    for (size_t i = 0; i < kFeatures; ++i) a[i][i] += decay;
    for (size_t i = 0; i < kAll; ++i) {  // Gauss and Jordan; it is positive definite
      for (size_t k = 0; k < kAll; ++k) {
        double times = a[k][i] / a[i][i];
        for (size_t j = 0; j <= kAll && k != i; ++j) a[k][j] -= times * a[i][j];
      }
    }
    std::vector<double> found;
    for (size_t i = 0; i < kAll; ++i) found.push_back(a[i][kAll] / a[i][i]);
    return found;
  }
};

// A fit of all rows in each iteration; L-BFGS unless another kind is given.
struct LinearFit {
  LinearFit(const Problem& problem, Json optimizer) {
    Graph g;
    g.output(g.add("fc",
                   layer("Linear", {{"in_features", kFeatures}, {"out_features", int64_t{1}}}),
                   {g.input("x", {kFeatures})}));
    if (!optimizer.contains("kind")) optimizer["kind"] = "LBFGS";
    Json doc = {{"loss", {{"kind", "MeanSquaredError"}}},
                {"optimizer", optimizer},
                {"batch_size", kRows},
                {"epochs", 400},
                {"reproducible", true}};
    FitSpec spec = FitSpec::parse(doc.dump());
    spec.shard_rows = {30, kRows - 30};
    spec.resolve();
    engine = std::make_unique<Engine>(Model::make(std::move(g), 3), std::move(spec), 1);
    engine->shards().add(0, problem.block(0, 30));
    engine->shards().add(1, problem.block(30, kRows));
  }
  void run(int64_t steps) {
    LocalCollective alone;
    engine->run(steps, assignment_of(engine->spec(), 0, 2), alone).result.throw_if_failed();
  }
  std::unique_ptr<Engine> engine;
};

double gap(const Model& model, const std::vector<double>& solution) {
  double most = 0;
  for (const Param& p : model.table.params()) {
    size_t first = p.name == "fc.bias" ? kFeatures : 0;
    for (int64_t i = 0; i < p.size; ++i) {
      most = std::max(most, std::abs(solution[first + static_cast<size_t>(i)] -
                                     double{model.values[static_cast<size_t>(p.offset + i)]}));
    }
  }
  return most;
}

TEST(LbfgsConverges, ToTheSolutionOfLeastSquares) {
  Problem problem;
  for (double decay : {0.0, 0.3}) {
    LinearFit own(problem, {{"weight_decay", decay}});
    own.run(60);
    // As near as a loss of f32 outputs tells points from each other; sums differ with the CPU.
    EXPECT_LT(gap(own.engine->fitted(), problem.solution(decay)), 3e-3) << decay;
    EXPECT_GT(gap(own.engine->fitted(), problem.solution(decay + 0.1)), 0.1);
    // Many short steps end where a loss of f32 outputs no longer tells one from the next.
    for (Json attrs : {Json{{"history_size", 3}}, Json{{"lr", 0.01}}}) {
      attrs["weight_decay"] = decay;
      LinearFit slow(problem, attrs);
      slow.run(400);
      EXPECT_LT(gap(slow.engine->fitted(), problem.solution(decay)), 0.02) << attrs;
    }
  }
}

// What has converged stays, and is what is fitted.
TEST(LbfgsConverges, AndThenStays) {
  Problem problem;
  LinearFit own(problem, {{"tolerance_grad", 1e-3}});
  own.run(60);
  auto values = own.engine->model().values;
  EXPECT_LT(gap(own.engine->model(), problem.solution(0)), 0.01);
  EXPECT_EQ(own.engine->fitted().values, values);
  own.run(5);
  EXPECT_EQ(own.engine->model().values, values);
}

TEST(LbfgsConverges, WhereGradientDescentIsStillFarAway) {
  Problem problem;
  LinearFit lbfgs(problem, Json::object()), sgd(problem, {{"kind", "SGD"}, {"lr", 0.01}});
  lbfgs.run(60);
  sgd.run(60);
  EXPECT_LT(gap(lbfgs.engine->fitted(), problem.solution(0)), 3e-3);
  EXPECT_GT(gap(sgd.engine->fitted(), problem.solution(0)), 0.1);
  EXPECT_LT(gap(sgd.engine->fitted(), problem.solution(0)), 5);  // nor does it diverge
}

}  // namespace
}  // namespace firesteel::testing
