// SPDX-License-Identifier: Apache-2.0
// In its steady state a plan allocates nothing and creates no primitive.
#include <gtest/gtest.h>

#include <algorithm>

#include "core/threads.h"
#include "nn/models/zoo.h"
#include "nn/packed.h"
#include "nn/plan.h"
#include "nn/sample_inputs.h"
#include "tests/steady/counters.h"
#include "train/engine.h"

namespace firesteel::testing {
namespace {

Counts operator-(const Counts& a, const Counts& b) {
  return {a.allocations - b.allocations, a.bytes - b.bytes, a.library_bytes - b.library_bytes,
          a.primitives - b.primitives, a.runs - b.runs};
}

constexpr size_t kListBytes = 5120;

// What `iterations` of body ask for, after two that warm up.
template <class Body>
Counts in_steady_state(int iterations, const Body& body) {
  for (int i = 0; i < 2; ++i) body();
  Counts before = counted();
  for (int i = 0; i < iterations; ++i) body();
  return counted() - before;
}

// A graph with a plan, its parameters and memory. Inputs: one after the other; empty: all are zero,
// which is also a valid id.
class PlanRun {
 public:
  PlanRun(Graph graph, int64_t batch, bool training, const std::vector<double>& inputs = {})
      : inputs_(inputs.begin(), inputs.end()),
        graph_(std::make_shared<Graph>(std::move(graph))),
        table_(*graph_),
        values_(static_cast<size_t>(table_.total()), 0.5f),
        gradients_(values_.size()),
        packed_(env_, values_.data()) {
    env_.training = training;
    plan_ = compile(graph_, table_, batch, env_, packed_);
    arena_ = AlignedBuffer(plan_->arena_bytes());
    plan_->bind(arena_.data());
    for (int n : graph_->inputs()) sizes_.push_back(batch * numel(graph_->node(n).shape));
    for (int64_t row = 0; row < batch; ++row) samples_.push_back(row);
  }

  void iterate(Crew& crew) {
    // The inputs' place may have served others since.
    auto given = inputs_.begin();
    for (size_t i = 0; i < sizes_.size(); ++i) {
      auto* input = static_cast<float*>(plan_->input(i));
      if (inputs_.empty()) {
        std::fill_n(input, sizes_[i], 0.f);
      } else {
        std::copy_n(given, sizes_[i], input);
        given += sizes_[i];
      }
    }
    plan_->forward({7, step_++, samples_});
    if (!env_.training) return;
    plan_->backward(gradients_.data());
    packed_.refresh(crew);
  }

 private:
  std::vector<float> inputs_;
  Env env_;
  std::shared_ptr<const Graph> graph_;
  ParamTable table_;
  std::vector<float> values_, gradients_;
  PackedParams packed_;
  std::unique_ptr<Plan> plan_;
  AlignedBuffer arena_;
  std::vector<int64_t> samples_, sizes_;
  int64_t step_ = 0;
};

void expect_steady(const Graph& graph, int64_t batch, const std::vector<double>& inputs = {}) {
  if (!counts()) GTEST_SKIP() << "a sanitizer is the allocator";
  for (bool training : {false, true}) {
    for (int threads : {1, 2}) {
      Counts before = counted();
      PlanRun run(graph, batch, training, inputs);
      Counts compiled = counted() - before;
      EXPECT_GT(compiled.allocations, 0U);
      Crew crew(1, threads);
      crew.run([&](int) {
        Counts asked = in_steady_state(3, [&] { run.iterate(crew); });
        EXPECT_EQ(asked.allocations, 0U) << asked.bytes << " bytes, training " << training;
        EXPECT_EQ(asked.primitives, 0U);
        // oneDNN lists the arguments and the pieces of a run, at some bytes each, but needs no buffer.
        EXPECT_LE(asked.library_bytes, kListBytes * asked.runs);
      });
    }
  }
}

TEST(Counters, count) {
  if (!counts()) GTEST_SKIP() << "a sanitizer is the allocator";
  Counts before = counted();
  std::vector<std::unique_ptr<double>> kept(1);
  kept[0] = std::make_unique<double>(1.0);
  EXPECT_EQ((counted() - before).allocations, 2U);
  EXPECT_EQ((counted() - before).bytes, 2 * sizeof(double));
  before = counted();
  PlanRun run(named_model_of("lenet5")->graph(), 2, true);
  EXPECT_GE((counted() - before).primitives, 6U);
}

class SteadyModel : public ::testing::TestWithParam<std::string> {};
TEST_P(SteadyModel, allocates_nothing) { expect_steady(named_model_of(GetParam())->graph(), 2); }
INSTANTIATE_TEST_SUITE_P(Zoo, SteadyModel,
                         ::testing::Values("lenet5", "resnet20", "mobilenet_v2", "inception_v1",
                                           "inception_v1_no_bn", "lstm", "transformer", "widedeep"),
                         [](const auto& info) { return info.param; });

using Named = std::pair<std::string, Sample (*)()>;
class SteadyLayer : public ::testing::TestWithParam<Named> {};
TEST_P(SteadyLayer, allocates_nothing) {
  Sample sample = GetParam().second();
  Graph graph;
  std::vector<Ref> inputs;
  int64_t rows = batch_of(sample.in);
  for (const Shape& shape : sample.in) {
    inputs.push_back(add_input(graph, cat("x", inputs.size()), shape, rows));
  }
  std::shared_ptr<const Layer> tested = layer(GetParam().first, sample.attrs);
  graph.add("layer", tested, inputs);
  int outputs = static_cast<int>(tested->infer(sample.in).size());
  for (int port = 0; port < outputs; ++port) graph.output(graph.value("layer", port));
  Rng rng(7);
  expect_steady(graph, rows, sample_inputs(sample, rng));
}
INSTANTIATE_TEST_SUITE_P(Registry, SteadyLayer, ::testing::ValuesIn(LayerSamples::all()),
                         [](const auto& info) { return info.param.first; });

// A step of training also makes lists of its samples and the like, which are small and do not grow
// with the model.
TEST(SteadyEngine, creates_no_primitive_and_keeps_its_buffers) {
  if (!counts()) GTEST_SKIP() << "a sanitizer is the allocator";
  FitSpec spec = FitSpec::parse(R"({"optimizer": {"kind": "SGD", "lr": 0.05, "momentum": 0.9},
                                    "metrics": [{"kind": "Accuracy"}], "batch_size": 32})");
  spec.shard_rows = {64};
  spec.iterations = 100;
  spec.resolve();
  Assignment part = assign_lanes(spec, 1)[0];
  Engine engine(Model::make(named_model_of("resnet20")->graph(), 1), std::move(spec), 2);
  std::vector<float> x(64 * 3 * 32 * 32, 0.5f);
  std::vector<int32_t> y(64, 3);
  engine.shards().add(0, pack_block({64,
                                     DType::f32,
                                     DType::s32,
                                     {3, 32, 32},
                                     {},
                                     reinterpret_cast<const uint8_t*>(x.data()),
                                     reinterpret_cast<const uint8_t*>(y.data())}));
  LocalCollective alone;
  Counts asked = in_steady_state(5, [&] { engine.run_without_boundary(part, alone); });
  EXPECT_EQ(asked.primitives, 0U);
  EXPECT_LT((asked.bytes + asked.library_bytes) / 5, 1000000U) << asked.allocations;
}

}  // namespace
}  // namespace firesteel::testing
