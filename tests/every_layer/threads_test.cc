// SPDX-License-Identifier: Apache-2.0
// Layers on shapes that are large enough for several threads: samples are not.
#include <gtest/gtest.h>

#include "core/threads.h"
#include "nn/layer_run.h"

namespace firesteel::testing {
namespace {

using Case = std::pair<std::string, Sample>;

const std::vector<Case>& cases() {
  const Shape kRows = {6, 40, 300}, kImages = {6, 20, 30, 20}, kStep = {6, 40};
  static const std::vector<Case> kCases = {
      {"Permute", {.attrs = {{"dims", Dims{2, 3, 1}}}, .in = {kImages}}},
      {"Transpose", {.attrs = {{"dim0", int64_t{1}}, {"dim1", int64_t{3}}}, .in = {kImages}}},
      {"Expand", {.attrs = {{"shape", Dims{20, 30, 20}}}, .in = {{6, 20, 1, 1}}}},
      {"Tile", {.attrs = {{"repeats", Dims{2, 3}}}, .in = {kRows}}},
      {"Pad",
       {.attrs = {{"padding", Dims{2, 1}}, {"mode", std::string("reflect")}}, .in = {kImages}}},
      {"Gather", {.attrs = {}, .in = {kRows, {6, 50}}, .ids_below = 40, .ids_inputs = {1}}},
      {"GatherElements", {.attrs = {}, .in = {kRows, kRows}, .ids_below = 40, .ids_inputs = {1}}},
      {"ScatterElements",
       {.attrs = {}, .in = {kRows, kRows, kRows}, .ids_below = 40, .ids_inputs = {1}}},
      {"Masking", {.attrs = {}, .in = {{6, 20000, 1}}, .ids_below = 2}},
      {"Sum", {.attrs = {{"dims", Dims{1, 3}}}, .in = {kImages}}},
      {"Max", {.attrs = {{"dims", Dims{1, 3}}}, .in = {kImages}}},
      {"Min", {.attrs = {}, .in = {kImages}}},
      {"LogSumExp", {.attrs = {{"dims", Dims{2}}}, .in = {kRows}}},
      {"Std", {.attrs = {{"dims", Dims{1}}}, .in = {kRows}}},
      {"ArgMax", {.attrs = {{"dim", int64_t{1}}}, .in = {kRows}}},
      {"TopK", {.attrs = {{"k", int64_t{7}}, {"dim", int64_t{1}}}, .in = {kRows}}},
      {"CumSum", {.attrs = {}, .in = {kRows}}},
      {"InTopK",
       {.attrs = {{"k", int64_t{30}}}, .in = {kRows, kStep}, .ids_below = 300, .ids_inputs = {1}}}};
  return kCases;
}

class LargeRows : public ::testing::TestWithParam<size_t> {};

TEST_P(LargeRows, AreTheSameOnAnyThreads) {
  const auto& [kind, sample] = cases()[GetParam()];
  LayerRun run(kind, sample, {.input_gradients = true});
  set_threads(1);
  run.run();
  auto output = run.output, gradient = run.gradient;
  for (int threads : {2, 3, 5}) {
    set_threads(threads);
    run.run();
    EXPECT_EQ(run.output, output) << threads << " threads";
    EXPECT_EQ(run.gradient, gradient) << threads << " threads";
  }
  set_threads(1);
}
INSTANTIATE_TEST_SUITE_P(Cases, LargeRows, ::testing::Range<size_t>(0, cases().size()),
                         [](const auto& info) { return cases()[info.param].first; });

}  // namespace
}  // namespace firesteel::testing
