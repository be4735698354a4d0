// SPDX-License-Identifier: Apache-2.0
// Predictions of any number of rows: those that fill up a bucket must not be seen.
#include "train/predictor.h"

#include <gtest/gtest.h>

#include <cstring>

#include "core/rng.h"
#include "nn/models/zoo.h"

namespace firesteel {
namespace {

Block block_of(const std::vector<float>& x, int64_t rows, const std::vector<int32_t>& y) {
  return {rows,
          DType::f32,
          DType::s32,
          {1, 28, 28},
          {},
          reinterpret_cast<const uint8_t*>(x.data()),
          reinterpret_cast<const uint8_t*>(y.data())};
}

class PredictorRows : public testing::TestWithParam<int> {};

TEST_P(PredictorRows, AreIndependentOfTheirNumber) {
  constexpr int64_t kMost = 70, kWidth = 28 * 28;
  Rng rng(3);
  std::vector<float> x(kMost * kWidth);
  for (float& v : x) v = rng.normal();
  std::vector<int32_t> y(kMost, 4);
  Predictor predictor(Model::make(named_model_of("lenet5")->graph(), 2));
  FitSpec spec = FitSpec::parse("{}");

  std::vector<float> one(kMost * 10);
  double loss = 0;
  for (int64_t r = 0; r < kMost; ++r) {
    std::vector<float> row(x.begin() + r * kWidth, x.begin() + (r + 1) * kWidth);
    std::string out = predictor.predict(block_of(row, 1, y), 1);
    ASSERT_EQ(out.size(), 10 * sizeof(float));
    std::memcpy(&one[static_cast<size_t>(r) * 10], out.data(), out.size());
  }
  for (int64_t rows : {1, 2, 15, 16, 17, 19, 31, 33, 35, 47, 65, 70}) {
    std::string out = predictor.predict(block_of(x, rows, y), GetParam());
    ASSERT_EQ(out.size(), static_cast<size_t>(rows) * 10 * sizeof(float));
    std::vector<float> got(static_cast<size_t>(rows) * 10);
    std::memcpy(got.data(), out.data(), out.size());
    for (size_t i = 0; i < got.size(); ++i) ASSERT_NEAR(got[i], one[i], 1e-4) << rows;
    EvalSums sums = predictor.evaluate(spec, block_of(x, rows, y), GetParam());
    EXPECT_EQ(sums.rows, rows);
    EXPECT_EQ(sums.loss.normaliser, static_cast<double>(rows));
    EXPECT_GT(sums.loss.sum, loss);  // each row adds to it
    loss = sums.loss.sum;
  }
}

INSTANTIATE_TEST_SUITE_P(Threads, PredictorRows, testing::Values(1, 3));

}  // namespace
}  // namespace firesteel
