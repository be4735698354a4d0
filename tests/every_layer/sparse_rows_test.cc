// SPDX-License-Identifier: Apache-2.0
// Ids that are padding: no other test gives -1 to a layer.
#include <gtest/gtest.h>

#include "nn/layer_run.h"

namespace firesteel::testing {
namespace {

constexpr size_t kIds = 5;  // of a row

// Rows of kIds ids, the last two of which are padding, against rows of the first three.
void expect_padding_is_left_out(const std::string& kind, const Attrs& attrs) {
  auto sample = [&](int64_t ids) {
    return Sample{.attrs = attrs, .in = {{2, ids}, {2, ids}}, .ids_below = 7, .ids_inputs = {0}};
  };
  Env env{.dtype = DType::f64, .input_gradients = true};
  LayerRun padded(kind, sample(kIds), env), dense(kind, sample(3), env);
  auto inputs = 4 * kIds, fewer = size_t{4 * 3};
  // Weights of the padding that would be seen.
  for (size_t i = 0; i < inputs; ++i) {
    size_t column = i % kIds, row = i / kIds;
    if (column < 3) {
      dense.variables[row * 3 + column] = padded.variables[i];
    } else {
      padded.variables[i] = row < 2 ? -1 : 3;
    }
  }
  std::copy(padded.variables.begin() + inputs, padded.variables.end(),
            dense.variables.begin() + static_cast<int64_t>(fewer));
  padded.run();
  dense.run();
  EXPECT_EQ(padded.output, dense.output) << kind;
  ASSERT_EQ(padded.gradient.size() - inputs, dense.gradient.size() - fewer);
  for (size_t i = fewer; i < dense.gradient.size(); ++i) {
    EXPECT_DOUBLE_EQ(padded.gradient[i - fewer + inputs], dense.gradient[i]) << kind << " " << i;
  }
  for (size_t i = 0; i < inputs; ++i) {
    size_t column = i % kIds, row = i / kIds;
    double expected = column < 3 ? dense.gradient[row * 3 + column] : 0;
    EXPECT_DOUBLE_EQ(padded.gradient[i], expected) << kind << " " << i;
  }
}

TEST(SparseRows, LeavePaddingOut) {
  Attrs table = {{"num_embeddings", int64_t{7}}, {"embedding_dim", int64_t{4}}};
  for (const char* mode : {"sum", "mean", "sqrtn"}) {
    Attrs attrs = table;
    attrs.emplace_back("mode", std::string(mode));
    expect_padding_is_left_out("EmbeddingBag", attrs);
  }
  expect_padding_is_left_out("SparseLinear",
                             {{"in_features", int64_t{7}}, {"out_features", int64_t{4}}});
}

TEST(SparseRows, OfPaddingAloneGiveZeros) {
  Sample sample{.attrs = {{"num_embeddings", int64_t{7}},
                          {"embedding_dim", int64_t{4}},
                          {"mode", std::string("mean")}},
                .in = {{2, 3}},
                .ids_below = 7};
  LayerRun run("EmbeddingBag", sample, {.dtype = DType::f64});
  std::fill_n(run.variables.begin(), 3, -1.0);  // the first row
  run.run();
  EXPECT_EQ(std::vector<double>(run.output.begin(), run.output.begin() + 4),
            std::vector<double>(4, 0));
  EXPECT_NE(run.output[4], 0);
}

TEST(SparseRows, RefuseOtherIds) {
  for (const char* kind : {"EmbeddingBag", "Embedding"}) {
    Sample sample{.attrs = {{"num_embeddings", int64_t{7}}, {"embedding_dim", int64_t{4}}},
                  .in = {{2, 3}},
                  .ids_below = 7};
    LayerRun run(kind, sample, {.dtype = DType::f64});
    run.variables[1] = 7;
    EXPECT_THROW(run.run(), ShapeError) << kind;
    run.variables[1] = -2;
    EXPECT_THROW(run.run(), ShapeError) << kind;
  }
}

TEST(SparseRows, OneHotLeavesUnknownIdsOut) {
  LayerRun run("OneHot", {.attrs = {{"depth", int64_t{3}}}, .in = {{1, 3}}, .ids_below = 3},
               {.training = false});
  run.variables = {-1, 2, 3};
  run.run();
  EXPECT_EQ(run.output, (std::vector<double>{0, 0, 0, 0, 0, 1, 0, 0, 0}));
}

}  // namespace
}  // namespace firesteel::testing
