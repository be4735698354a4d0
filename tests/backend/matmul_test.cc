// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "backend/ops.h"
#include "core/buffer.h"
#include "core/rng.h"

namespace firesteel {
namespace {

std::vector<float> random_numbers(uint64_t seed, size_t count) {
  Rng rng(seed);
  std::vector<float> numbers(count);
  for (float& number : numbers) number = rng.normal();
  return numbers;
}

std::vector<float> product(const MatMulSpec& spec, bool reference, size_t count) {
  auto a = random_numbers(1, 400), b = random_numbers(2, 400), dst = random_numbers(3, count);
  auto op = make_matmul({.reference = reference}, spec);
  AlignedBuffer scratch(op->scratch_bytes);
  op->run(a.data(), b.data(), dst.data(), scratch.data());
  return dst;
}

void expect_same(const MatMulSpec& spec, size_t count) {
  auto fast = product(spec, false, count), plain = product(spec, true, count);
  for (size_t i = 0; i < count; ++i) EXPECT_NEAR(fast[i], plain[i], 1e-5) << i;
}

TEST(MatMul, PlainLoopsMultiply) {
  MatMulSpec spec{.m = 1, .n = 1, .k = 3, .a = {3, 1, {}}, .b = {1, 1, {}}, .dst = {1, 1, {}}};
  auto a = random_numbers(1, 400), b = random_numbers(2, 400);
  EXPECT_NEAR(product(spec, true, 1)[0], a[0] * b[0] + a[1] * b[1] + a[2] * b[2], 1e-6);
}

TEST(MatMul, OneDnnEqualsPlainLoops) {
  expect_same({.m = 5, .n = 7, .k = 3, .a = {3, 1, {}}, .b = {7, 1, {}}, .dst = {7, 1, {}}}, 35);
}

TEST(MatMul, AddsToWhatIsThere) {
  expect_same({.m = 5,
               .n = 7,
               .k = 3,
               .a = {3, 1, {}},
               .b = {1, 3, {}},
               .dst = {7, 1, {}},
               .accumulate = true},
              35);
}

// Heads of attention: matrices that lie between one another, one of them transposed. What belongs
// to no matrix of dst stays as it is.
TEST(MatMul, BatchesMayInterleave) {
  expect_same({.batch = {2, 3},
               .m = 4,
               .n = 4,
               .k = 2,
               .a = {12, 1, {48, 2}},
               .b = {1, 12, {48, 2}},
               .dst = {4, 1, {48, 16}}},
              100);
  expect_same({.batch = {2, 3},
               .m = 4,
               .n = 2,
               .k = 4,
               .a = {4, 1, {48, 16}},
               .b = {12, 1, {48, 2}},
               .dst = {12, 1, {48, 2}}},
              100);
}

}  // namespace
}  // namespace firesteel
