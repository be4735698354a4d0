// SPDX-License-Identifier: Apache-2.0
// Convolutions on every path (oneDNN, minimal filtering) against plain loops in f64.
#include <gtest/gtest.h>

#include "backend/ops.h"
#include "core/threads.h"
#include "tests/nn/tensor.h"

namespace firesteel::testing {
namespace {

struct Case {
  int64_t rows, in, out, height, width, kernel, padding;
  bool bias;
  Tail tail;
  int threads = 1;
};

struct Numbers {
  std::vector<double> y, dx, dw, db;
};

Numbers run(const Case& c, const Env& env) {
  int64_t high = c.height + 2 * c.padding - c.kernel + 1,
          wide = c.width + 2 * c.padding - c.kernel + 1;
  ConvSpec spec{.src = {c.rows, c.in, c.height, c.width},
                .dst = {c.rows, c.out, high, wide},
                .kernel = {c.kernel, c.kernel},
                .stride = {1, 1},
                .padding = {c.padding, c.padding},
                .dilation = {1, 1},
                .bias = c.bias,
                .tail = c.tail};
  set_threads(c.threads);
  auto op = make_conv(env, spec, Layout(spec.src, env.dtype));
  Shape kernels = {c.out, c.in, c.kernel, c.kernel};
  Tensor x(env, op->src), y(env, op->dst), w(env, op->weights), b(env, Layout({c.out}, env.dtype));
  x.set(random_numbers(numel(spec.src), 1));
  w.set(random_numbers(numel(kernels), 2));
  b.set(random_numbers(c.out, 3));
  y.set(random_numbers(numel(spec.dst), 4));
  AlignedBuffer scratch(op->scratch_bytes + 64);
  op->forward(x.data(), w.data(), c.bias ? b.data() : nullptr, y.data(), scratch.data());
  Numbers numbers{y.get(), {}, {}, {}};
  if (env.training) {
    Tensor dy(env, op->dst), dx(env, op->src), wb(env, op->weights_backward),
        dw(env, Layout(kernels, env.dtype)), db(env, Layout({c.out}, env.dtype));
    dy.set(random_numbers(numel(spec.dst), 5));
    wb.set(random_numbers(numel(kernels), 2));
    op->backward_data(dy.data(), wb.data(), dx.data(), scratch.data());
    op->backward_weights(x.data(), dy.data(), dw.data(), c.bias ? db.data() : nullptr,
                         scratch.data());
    numbers.dx = dx.get();
    numbers.dw = dw.get();
    if (c.bias) numbers.db = db.get();
  }
  set_threads(1);
  return numbers;
}

const Case kCases[] = {
    {2, 16, 32, 9, 10, 3, 1, true, {}},
    {2, 32, 16, 9, 10, 3, 0, false, {}},
    {3, 48, 16, 4, 13, 3, 2, true, {}},
    {1, 16, 80, 17, 16, 3, 1, true, {}},
    {5, 64, 64, 7, 7, 3, 1, false, {.relu = true}},
    {2, 16, 48, 14, 14, 3, 1, true, {.relu = true}, 3},
    {4, 32, 32, 12, 8, 3, 1, true, {}, 2},
    {2, 24, 40, 9, 10, 3, 1, true, {}},
    {2, 16, 32, 9, 10, 1, 0, true, {}},
    {2, 16, 32, 9, 10, 5, 2, true, {}},
    {2, 3, 16, 12, 12, 7, 3, true, {}},
};

class Convolution : public ::testing::TestWithParam<size_t> {};

TEST_P(Convolution, AgreesWithPlainLoops) {
  const Case& c = kCases[GetParam()];
  Numbers expected = run(c, {.dtype = DType::f64});
  for (bool winograd : {true, false}) {
    Numbers got = run(c, {.winograd = winograd});
    expect_close(got.y, expected.y, "y");
    expect_close(got.dx, expected.dx, "dx");
    expect_close(got.dw, expected.dw, "dw");
    expect_close(got.db, expected.db, "db");
  }
}

TEST_P(Convolution, AddsInInference) {
  Case c = kCases[GetParam()];
  for (Tail tail : {Tail{.sum = true}, Tail{.sum = true, .relu = true}}) {
    c.tail = tail;
    expect_close(run(c, {.training = false}).y, run(c, {.dtype = DType::f64, .training = false}).y,
                 "y");
  }
}

INSTANTIATE_TEST_SUITE_P(Cases, Convolution, ::testing::Range<size_t>(0, std::size(kCases)));

}  // namespace
}  // namespace firesteel::testing
