// SPDX-License-Identifier: Apache-2.0
#include "core/narrow.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <vector>

#include "core/rng.h"

namespace firesteel {
namespace {

float there_and_back(DType type, float value) {
  uint16_t half = 0;
  narrow(type, &value, &half, 1);
  widen(type, &half, &value, 1);
  return value;
}

std::vector<float> all_of(DType type) {
  std::vector<uint16_t> bits(1 << 16);
  for (size_t i = 0; i < bits.size(); ++i) bits[i] = static_cast<uint16_t>(i);
  std::vector<float> values(bits.size());
  widen(type, bits.data(), values.data(), static_cast<int64_t>(bits.size()));
  return values;
}

// By its definition: sign, five bits of exponent, ten of fraction.
TEST(Narrow, F16IsIeeeHalf) {
  auto values = all_of(DType::f16);
  for (int sign : {0, 1}) {
    for (int e = 0; e < 31; ++e) {
      for (int f = 0; f < 1024; ++f) {
        double size = std::ldexp(e > 0 ? 1024 + f : f, (e > 0 ? e : 1) - 25);
        double value = values[static_cast<size_t>(sign << 15 | e << 10 | f)];
        ASSERT_EQ(value, sign ? -size : size) << e << " " << f;
      }
    }
  }
  EXPECT_EQ(values[0x7c00], INFINITY);
  EXPECT_TRUE(std::isnan(values[0x7e00]));
}

TEST(Narrow, GoesToTheNearestAndTiesToEven) {
  for (DType type : {DType::f16, DType::bf16}) {
    auto values = all_of(type);
    size_t finite = type == DType::f16 ? 0x7c00 : 0x7f80;
    for (size_t i = 0; i + 1 < finite; ++i) {
      float low = values[i], high = values[i + 1];
      ASSERT_EQ(there_and_back(type, low), low);
      ASSERT_EQ(there_and_back(type, -high), -high);
      auto middle = static_cast<float>((double{low} + double{high}) / 2);
      ASSERT_EQ(there_and_back(type, middle), i % 2 == 0 ? low : high) << middle;
      ASSERT_EQ(there_and_back(type, std::nextafter(middle, 0.f)), low) << middle;
      ASSERT_EQ(there_and_back(type, std::nextafter(middle, INFINITY)), high) << middle;
    }
  }
}

TEST(Narrow, F16KeepsToWhatItHas) {
  EXPECT_EQ(there_and_back(DType::f16, 65504), 65504);
  EXPECT_EQ(there_and_back(DType::f16, 1e9f), 65504);
  EXPECT_EQ(there_and_back(DType::f16, -INFINITY), -65504);
  EXPECT_TRUE(std::isnan(there_and_back(DType::f16, NAN)));
  EXPECT_TRUE(std::isnan(there_and_back(DType::bf16, NAN)));
  EXPECT_EQ(there_and_back(DType::bf16, INFINITY), INFINITY);
}

}  // namespace
}  // namespace firesteel
