// SPDX-License-Identifier: Apache-2.0
// A 1x1 convolution and a depthwise one as one operation against two on plain loops in f64.
#include <gtest/gtest.h>

#include <limits>

#include "core/threads.h"
#include "tests/nn/tensor.h"

namespace firesteel::testing {
namespace {

struct Case {
  int64_t rows, in, middle, height, width, stride, padding;
  bool bias;
  Tail first, second;
  int threads = 1;
  int block = 0;  // of the layout in which the input comes; 0: plain, -1: NHWC
};

constexpr Tail kNone = {}, kRelu = {.relu = true}, kRelu6 = {.relu = true, .most = 6};
const Case kCases[] = {
    {1, 16, 96, 12, 13, 2, 1, true, kRelu6, kRelu6},
    {2, 24, 144, 7, 28, 1, 1, true, kRelu6, kRelu6, 2, -1},
    {3, 5, 16, 4, 3, 1, 0, false, kNone, kNone},
    {1, 64, 384, 14, 14, 1, 1, true, kRelu, kNone, 3},
    {1, 40, 32, 9, 31, 2, 0, true, kNone, kRelu, 2, -1},
    {2, 32, 48, 3, 8, 1, 1, false, kRelu, kRelu, 5, 16},
    {1, 8, 48, 1, 1, 1, 1, true, kRelu6, kRelu6, 2},
    {1, 20, 32, 5, 117, 2, 1, true, kRelu, kRelu, 4, 8},
};

int64_t extent(int64_t in, const Case& c) { return (in + 2 * c.padding - 3) / c.stride + 1; }
Shape source(const Case& c) { return {c.rows, c.in, c.height, c.width}; }
Shape result(const Case& c) { return {c.rows, c.middle, extent(c.height, c), extent(c.width, c)}; }

std::vector<double> expected(const Case& c) {
  Env env{.dtype = DType::f64, .training = false};
  Shape middle = {c.rows, c.middle, c.height, c.width};
  ConvSpec first{.src = source(c),
                 .dst = middle,
                 .kernel = {1, 1},
                 .stride = {1, 1},
                 .padding = {0, 0},
                 .dilation = {1, 1},
                 .bias = c.bias,
                 .tail = c.first};
  ConvSpec second{.src = middle,
                  .dst = result(c),
                  .groups = c.middle,
                  .kernel = {3, 3},
                  .stride = {c.stride, c.stride},
                  .padding = {c.padding, c.padding},
                  .dilation = {1, 1},
                  .bias = c.bias,
                  .tail = c.second};
  auto a = make_conv(env, first, Layout(first.src, env.dtype));
  auto b = make_conv(env, second, Layout(middle, env.dtype));
  Tensor x(env, a->src), m(env, a->dst), y(env, b->dst), u(env, a->weights), v(env, b->weights);
  Tensor numbers_a(env, Layout({c.middle}, env.dtype)),
      numbers_b(env, Layout({c.middle}, env.dtype));
  x.set(random_numbers(numel(first.src), 1));
  u.set(random_numbers(c.middle * c.in, 2));
  v.set(random_numbers(c.middle * 9, 3));
  numbers_a.set(random_numbers(c.middle, 4));
  numbers_b.set(random_numbers(c.middle, 5));
  AlignedBuffer scratch(a->scratch_bytes + b->scratch_bytes + 64);
  a->forward(x.data(), u.data(), c.bias ? numbers_a.data() : nullptr, m.data(), scratch.data());
  b->forward(m.data(), v.data(), c.bias ? numbers_b.data() : nullptr, y.data(), scratch.data());
  return y.get();
}

// The layout of a case's input, as a convolution of that width would leave it.
Layout offered(const Case& c) {
  PointwiseDepthwiseSpec spec{
      .src = source(c), .dst = result(c), .stride = c.stride, .padding = c.padding};
  Layout plain(spec.src, DType::f32);
  if (c.block == 0) return plain;
  if (c.block > 0) return make_pointwise_depthwise(spec, plain)->src;
  Env env{.training = false};
  Shape wide = {c.rows, c.in, c.height, c.width};
  ConvSpec conv{.src = wide,
                .dst = wide,
                .kernel = {1, 1},
                .stride = {1, 1},
                .padding = {0, 0},
                .dilation = {1, 1}};
  return make_conv(env, conv, plain)->dst;
}

class PointwiseAndDepthwise : public ::testing::TestWithParam<size_t> {};

TEST_P(PointwiseAndDepthwise, AgreesWithTwoConvolutions) {
  const Case& c = kCases[GetParam()];
  Env env{.training = false};
  PointwiseDepthwiseSpec spec{.src = source(c),
                              .dst = result(c),
                              .stride = c.stride,
                              .padding = c.padding,
                              .first = c.first,
                              .second = c.second};
  if (!has_pointwise_depthwise(env, spec)) GTEST_SKIP() << "not with these registers";
  set_threads(c.threads);
  auto op = make_pointwise_depthwise(spec, offered(c));
  Tensor x(env, op->src), y(env, op->dst), u(env, op->pointwise), v(env, op->depthwise);
  Tensor a(env, Layout({c.middle}, env.dtype)), b(env, Layout({c.middle}, env.dtype));
  x.set(random_numbers(numel(spec.src), 1));
  u.set(random_numbers(c.middle * c.in, 2));
  v.set(random_numbers(c.middle * 9, 3));
  a.set(random_numbers(c.middle, 4));
  b.set(random_numbers(c.middle, 5));
  AlignedBuffer scratch(op->scratch_bytes);
  op->forward(x.data(),
              {u.data(), c.bias ? a.data() : nullptr, v.data(), c.bias ? b.data() : nullptr},
              y.data(), scratch.data());
  set_threads(1);
  expect_close(y.get(), expected(c), "y");
}

INSTANTIATE_TEST_SUITE_P(Cases, PointwiseAndDepthwise,
                         ::testing::Range<size_t>(0, std::size(kCases)));

TEST(PointwiseAndDepthwise, LeavesOtherShapesAlone) {
  PointwiseDepthwiseSpec spec{
      .src = {1, 16, 8, 8}, .dst = {1, 20, 8, 8}, .stride = 1, .padding = 1};
  EXPECT_FALSE(has_pointwise_depthwise({.training = false}, spec));
  spec = {.src = {1, 16, 8, 8}, .dst = {1, 32, 3, 3}, .stride = 3, .padding = 1};
  EXPECT_FALSE(has_pointwise_depthwise({.training = false}, spec));
}

}  // namespace
}  // namespace firesteel::testing
