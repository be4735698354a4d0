// SPDX-License-Identifier: Apache-2.0
// Rows that are filled up with padding, against the same rows alone in a graph of their own length.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/buffer.h"
#include "core/rng.h"
#include "nn/model.h"
#include "nn/models/zoo.h"
#include "nn/plan.h"
#include "tests/skip_without_bf16.h"

namespace firesteel {
namespace {

constexpr int64_t kSteps = 9, kWidth = 6, kClasses = 4;

using Make = void (*)(Sequential& net);

Sequential& add(Sequential& net, const char* kind, const Attrs& attrs = {}) {
  return net.add(layer(kind, attrs));
}
Attrs recurrent(bool sequences, bool reverse = false, bool bias = true) {
  return {{"input_size", kWidth},
          {"hidden_size", kWidth},
          {"return_sequences", sequences},
          {"reverse", reverse},
          {"bias", bias}};
}
Attrs with(Attrs attrs, const char* name, bool value) {
  attrs.emplace_back(name, value);
  return attrs;
}
// Of images of 2 x 3 pixels.
void conv_lstm(Sequential& net, bool sequences, bool reverse = false) {
  add(net, "ConvLSTM2d",
      {{"in_channels", int64_t{1}},
       {"hidden_channels", int64_t{1}},
       {"kernel_size", Dims{3}},
       {"return_sequences", sequences},
       {"reverse", reverse},
       {"peepholes", true}});
}
void attention(Sequential& net, bool causal, double dropout = 0) {
  add(net, "MultiHeadAttention",
      {{"embed_dim", kWidth}, {"num_heads", int64_t{2}}, {"causal", causal}, {"dropout", dropout}});
}

struct Case {
  const char* name;
  Make make;  // to rows of kWidth numbers
  Shape step = {kWidth};
};
const std::vector<Case> kCases = {
    {"lstm", [](Sequential& n) { add(n, "LSTM", recurrent(false)); }},
    {"gru", [](Sequential& n) { add(n, "GRU", recurrent(false)); }},
    {"lstm_without_bias", [](Sequential& n) { add(n, "LSTM", recurrent(false, false, false)); }},
    {"reversed_lstm", [](Sequential& n) { add(n, "LSTM", recurrent(false, true)); }},
    {"reversed_gru", [](Sequential& n) { add(n, "GRU", recurrent(false, true)); }},
    {"lstm_of_sequences",
     [](Sequential& n) {
       add(n, "LSTM", recurrent(true));
       add(n, "GELU");
       add(n, "LSTM", recurrent(false));
     }},
    {"gru_of_reversed_sequences",
     [](Sequential& n) {
       add(n, "GRU", recurrent(true, true));
       add(n, "Linear", {{"in_features", kWidth}, {"out_features", kWidth}});
       add(n, "GRU", recurrent(false));
     }},
    {"attention",
     [](Sequential& n) {
       add(n, "PositionalEmbedding", {{"num_positions", kSteps}, {"embedding_dim", kWidth}});
       attention(n, false);
       add(n, "LayerNorm", {{"shape", Dims{kWidth}}});
       attention(n, false);
       add(n, "Narrow", {{"length", int64_t{1}}});
       add(n, "Flatten");
     }},
    {"causal_attention",
     [](Sequential& n) {
       attention(n, true);
       add(n, "LSTM", recurrent(false));
     }},
    {"rnn", [](Sequential& n) { add(n, "RNN", recurrent(false)); }},
    {"reversed_rnn", [](Sequential& n) { add(n, "RNN", recurrent(false, true)); }},
    {"lstm_with_peepholes",
     [](Sequential& n) { add(n, "LSTM", with(recurrent(false), "peepholes", true)); }},
    {"gru_that_resets_before",
     [](Sequential& n) { add(n, "GRU", with(recurrent(false), "reset_after", false)); }},
    {"reversed_gru_that_resets_before",
     [](Sequential& n) { add(n, "GRU", with(recurrent(false, true), "reset_after", false)); }},
    {"conv_lstm",
     [](Sequential& n) {
       conv_lstm(n, true);
       conv_lstm(n, false);
       add(n, "Flatten");
     },
     {1, 2, 3}},
    {"reversed_conv_lstm",
     [](Sequential& n) {
       conv_lstm(n, false, true);
       add(n, "Flatten");
     },
     {1, 2, 3}},
    {"penalties",
     [](Sequential& n) {
       add(n, "Linear", {{"in_features", kWidth}, {"out_features", kWidth}});
       add(n, "L1Penalty", {{"weight", 0.5}});
       add(n, "ActivityRegularization", {{"l2", 0.5}});
       add(n, "GRU", recurrent(false));
     }},
    {"reversed_sums_of_steps",
     [](Sequential& n) {
       add(n, "Linear", {{"in_features", kWidth}, {"out_features", kWidth}});
       add(n, "CumSum");
       add(n, "ReverseSequence");
       add(n, "Flip", {{"dims", Dims{2}}});
       add(n, "GRU", recurrent(false));
     }},
};

Graph graph_of(const Case& c, int64_t steps, std::optional<float> padding) {
  Sequential net(with_batch(steps, c.step), padding);
  c.make(net);
  add(net, "Linear", {{"in_features", kWidth}, {"out_features", kClasses}});
  return net.graph();
}

struct Pass {
  std::vector<double> output, gradients;
};

// Forward and backward of rows (n x steps x kWidth) in a graph of so many steps.
template <class T>
Pass run(const Model& model, std::vector<T>& values, const std::vector<double>& rows, int64_t n,
         int64_t steps, const std::vector<int64_t>& lengths, const std::vector<double>& dy,
         DType compute) {
  Env env{.dtype = sizeof(T) == 8 ? DType::f64 : DType::f32, .compute = compute};
  PackedParams packed(env, values.data());
  auto plan = compile(model.graph, model.table, n, env, packed, lengths.empty() ? 0 : steps);
  AlignedBuffer arena(plan->arena_bytes());
  // What was there before must not matter.
  std::memset(arena.data(), 0x7f, plan->arena_bytes());
  plan->bind(arena.data());
  std::copy(rows.begin(), rows.end(), static_cast<T*>(plan->input()));
  std::vector<int64_t> samples(static_cast<size_t>(n));
  plan->forward({.samples = samples, .lengths = lengths});
  auto* y = static_cast<const T*>(plan->output());
  Pass pass{{y, y + n * kClasses}, {}};
  std::copy(dy.begin(), dy.end(), static_cast<T*>(plan->output_gradient()));
  std::vector<T> gradients(values.size());
  plan->backward(gradients.data());
  pass.gradients.assign(gradients.begin(), gradients.end());
  return pass;
}

template <class T>
void expect_as_alone(const Case& c, double tolerance, DType compute = DType::f32) {
  // A plan of fewer steps than the model's input has, with rows of all lengths up to its own.
  constexpr int64_t kPlan = 7, kRows = 4;
  const std::vector<int64_t> lengths = {7, 1, 4, 6};
  Model model = Model::make(graph_of(c, kSteps, 0.f), 7);
  std::vector<T> values(model.values.begin(), model.values.end());
  Rng rng(5);
  std::vector<double> rows(kRows * kPlan * kWidth), dy(kRows * kClasses);
  for (double& v : dy) v = rng.normal();
  for (int64_t n = 0; n < kRows; ++n) {
    // Padding is left out whatever it is: no zeros, which might do no harm.
    for (int64_t i = 0; i < kPlan * kWidth; ++i) {
      rows[static_cast<size_t>(n * kPlan * kWidth + i)] =
          i < lengths[static_cast<size_t>(n)] * kWidth ? rng.normal() : 3.0;
    }
  }
  Pass together = run(model, values, rows, kRows, kPlan, lengths, dy, compute);
  std::vector<double> sum(together.gradients.size(), 0);
  for (int64_t n = 0; n < kRows; ++n) {
    int64_t steps = lengths[static_cast<size_t>(n)];
    Model own = model;
    own.graph = std::make_shared<const Graph>(graph_of(c, steps, std::nullopt));
    auto begin = rows.begin() + n * kPlan * kWidth;
    Pass alone = run(own, values, {begin, begin + steps * kWidth}, 1, steps, {},
                     {dy.begin() + n * kClasses, dy.begin() + (n + 1) * kClasses}, compute);
    for (size_t i = 0; i < kClasses; ++i) {
      EXPECT_NEAR(together.output[static_cast<size_t>(n) * kClasses + i], alone.output[i],
                  tolerance);
    }
    for (size_t i = 0; i < sum.size(); ++i) sum[i] += alone.gradients[i];
  }
  for (size_t i = 0; i < sum.size(); ++i) {
    ASSERT_NEAR(together.gradients[i], sum[i], tolerance * std::max(1.0, std::abs(sum[i])))
        << "gradient " << i;
  }
}

class PaddedNet : public ::testing::TestWithParam<size_t> {};

TEST_P(PaddedNet, LeavesPaddingOut) {
  expect_as_alone<double>(kCases[GetParam()], 1e-10);
  expect_as_alone<float>(kCases[GetParam()], 2e-5);
}

TEST_P(PaddedNet, LeavesPaddingOutInBf16) {
  FIRESTEEL_SKIP_WITHOUT_BF16();
  // A sum in another order may round to the bf16 next to it.
  expect_as_alone<float>(kCases[GetParam()], 0.05, DType::bf16);
}
INSTANTIATE_TEST_SUITE_P(Cases, PaddedNet, ::testing::Range<size_t>(0, kCases.size()),
                         [](const auto& info) { return kCases[info.param].name; });

TEST(Padded, IsWhatHasTheStepsOfARow) {
  Graph graph = graph_of(kCases[7], kSteps, 0.f);
  auto padded = graph.padded();
  // input, positions, attention, normalization, attention | first step, flatten, linear
  EXPECT_EQ(padded, (std::vector<bool>{true, true, true, true, true, false, false, false}));
  auto none = graph_of(kCases[7], kSteps, std::nullopt).padded();
  EXPECT_EQ(std::count(none.begin(), none.end(), true), 0);
}

std::string error_of(const Make& make) {
  Sequential net(Shape{kSteps, kWidth}, 0.f);
  make(net);
  try {
    net.graph().padded();
  } catch (const AttrError& e) {
    return e.what();
  }
  return "";
}

TEST(Padded, RefusesWhatWouldTakeItForSteps) {
  EXPECT_TRUE(error_of([](Sequential& n) {
                add(n, "Flatten");
              }).starts_with("flatten_1: Flatten takes the padding of short rows for steps"));
  EXPECT_TRUE(error_of([](Sequential& n) {
                add(n, "Narrow", {{"start", kSteps - 1}, {"length", int64_t{1}}});
              }).starts_with("narrow_1: Narrow takes the padding"));
  EXPECT_TRUE(error_of([](Sequential& n) {
                add(n, "LayerNorm", {{"shape", Dims{kSteps, kWidth}}});
              }).starts_with("layer_norm_1: LayerNorm takes the padding"));
  EXPECT_TRUE(
      error_of([](Sequential& n) {
        add(n, "Tanh");
      }).starts_with("tanh_1: an output of the model must not have a number for each step"));
}

TEST(Padding, IsKeptInAModelFile) {
  Model model = Model::make(graph_of(kCases[0], kSteps, 2.5f), 1);
  EXPECT_EQ(load_model(save_model(model), "model").graph->padding(), 2.5f);
}

}  // namespace
}  // namespace firesteel
