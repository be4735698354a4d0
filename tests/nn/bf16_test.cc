// SPDX-License-Identifier: Apache-2.0
// Plans that compute in bf16 against the same plans in f32.
#include <gtest/gtest.h>

#include "core/bfloat16.h"
#include "nn/model.h"
#include "tests/nn/small_nets.h"
#include "tests/relative_distance.h"
#include "tests/skip_without_bf16.h"

namespace firesteel::testing {
namespace {

class Bf16 : public ::testing::TestWithParam<std::tuple<size_t, int64_t>> {
 protected:
  void SetUp() override { FIRESTEEL_SKIP_WITHOUT_BF16(); }
};

TEST_P(Bf16, IsNearF32) {
  auto [index, channels] = GetParam();
  Graph graph = graph_of(kCases[index], channels);
  for (bool training : {false, true}) {
    Results f32 = run(graph, {.training = training});
    Results bf16 = run(graph, {.compute = DType::bf16, .training = training});
    // A bf16 has eight bits; some of them go with each layer.
    EXPECT_LT(relative_distance(bf16.output, f32.output), 0.02);
    EXPECT_NE(bf16.output, f32.output);
    if (!training) continue;
    // A maximum or the side of a ReLU may be another one, and takes its gradient along.
    EXPECT_LT(relative_distance(bf16.input_gradient, f32.input_gradient), 0.2);
    EXPECT_LT(relative_distance(bf16.gradients, f32.gradients), 0.2);
  }
}

INSTANTIATE_TEST_SUITE_P(Graphs, Bf16,
                         ::testing::Combine(::testing::Range<size_t>(0, kCases.size()),
                                            ::testing::Values(3, 16, 24)),
                         [](const auto& info) {
                           return name_of(std::get<0>(info.param), std::get<1>(info.param));
                         });

// Layers of steps: kind, and attributes besides the width.
struct OfSteps {
  const char *name, *kind;
  Attrs attrs;
};
const std::vector<OfSteps> kOfSteps = {
    {"lstm", "LSTM", {}},
    {"lstm_last", "LSTM", {{"return_sequences", false}}},
    {"lstm_reverse", "LSTM", {{"reverse", true}}},
    {"lstm_without_bias", "LSTM", {{"bias", false}, {"return_sequences", false}}},
    {"gru", "GRU", {}},
    {"gru_last_reverse", "GRU", {{"return_sequences", false}, {"reverse", true}}},
    {"gru_without_bias", "GRU", {{"bias", false}}},
    {"attention", "MultiHeadAttention", {}},
    {"attention_causal", "MultiHeadAttention", {{"causal", true}}},
    {"attention_dropout", "MultiHeadAttention", {{"dropout", 0.4}}},
    {"attention_causal_dropout", "MultiHeadAttention", {{"causal", true}, {"dropout", 0.4}}},
    {"attention_without_bias", "MultiHeadAttention", {{"bias", false}}}};

class Bf16OfSteps : public ::testing::TestWithParam<size_t> {};

TEST_P(Bf16OfSteps, IsNearF32) {
  FIRESTEEL_SKIP_WITHOUT_BF16();
  const auto& [name, kind, attrs] = kOfSteps[GetParam()];
  constexpr int64_t kWidth = 16;
  bool attention = std::string_view(kind) == "MultiHeadAttention";
  Attrs first = attention ? Attrs{{"embed_dim", kWidth}, {"num_heads", int64_t{2}}}
                          : Attrs{{"input_size", kWidth}, {"hidden_size", kWidth}};
  Attrs second = first;
  second.insert(second.end(), attrs.begin(), attrs.end());
  Net net;
  Ref x = net.graph.input("input", {6, kWidth});
  net.graph.output(net.add(kind, second, {net.add(kind, first, {x})}));
  for (bool training : {false, true}) {
    Results f32 = run(net.graph, {.training = training});
    Results bf16 = run(net.graph, {.compute = DType::bf16, .training = training});
    EXPECT_LT(relative_distance(bf16.output, f32.output), 0.02);
    EXPECT_NE(bf16.output, f32.output);
    if (!training) continue;
    EXPECT_LT(relative_distance(bf16.input_gradient, f32.input_gradient), 0.03);
    // Each parameter on its own, lest a small one is lost among the others.
    Model model = Model::make(net.graph, 7);
    for (const Param& p : model.table.params()) {
      auto part = [&](const Results& r) {
        return std::vector<float>(r.gradients.begin() + p.offset,
                                  r.gradients.begin() + p.offset + p.size);
      };
      EXPECT_LT(relative_distance(part(bf16), part(f32)), 0.05) << p.name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Layers, Bf16OfSteps, ::testing::Range<size_t>(0, kOfSteps.size()),
                         [](const auto& info) { return kOfSteps[info.param].name; });

TEST(Bf16Memory, IsAboutHalf) {
  FIRESTEEL_SKIP_WITHOUT_BF16();
  Net net;
  Ref x = net.graph.input("input", {16, 32, 32});
  for (int i = 0; i < 8; ++i) x = net.relu(net.norm(net.conv(x, 16, 16, 1), 16));
  net.graph.output(net.conv(x, 16, 1, 1));
  EXPECT_LT(run(net.graph, {.compute = DType::bf16}).arena_bytes,
            0.7 * static_cast<double>(run(net.graph, {}).arena_bytes));
}

TEST(Bf16Type, PlainLoopsStayExact) {
  Graph graph = graph_of(kCases[0], 3);
  EXPECT_EQ(run(graph, {.compute = DType::bf16, .reference = true}).output,
            run(graph, {.reference = true}).output);
}

TEST(Bf16Type, SaysWhatItComputesIn) {
  std::string note;
  EXPECT_EQ(compute_type(DType::f32, &note), DType::f32);
  EXPECT_EQ(note, "");
  bool has = compute_type(DType::bf16, &note) == DType::bf16;
  EXPECT_EQ(note.empty(), has);
  EXPECT_TRUE(has || note.find(effective_isa()) != note.npos) << note;
  EXPECT_THROW(compute_type(DType::f64, &note), AttrError);
}

TEST(Bf16Type, RoundsToTheNearest) {
  auto round = [](float value) { return static_cast<float>(BFloat16(value)); };
  EXPECT_EQ(round(1.f), 1.f);
  EXPECT_EQ(round(1.f + 0x1p-8f), 1.f);             // half way: to the even one
  EXPECT_EQ(round(1.f + 3 * 0x1p-8f), 1.f + 0x1p-6f);
  EXPECT_EQ(round(-1.f - 0x1.1p-8f), -1.f - 0x1p-7f);
  EXPECT_EQ(round(0x1.ffp127f), std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isnan(round(std::bit_cast<float>(0x7fffffff))));
}

}  // namespace
}  // namespace firesteel::testing
