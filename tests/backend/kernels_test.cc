// SPDX-License-Identifier: Apache-2.0
// Own loops for this CPU against those on the standard library, on numbers up to saturation.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "backend/kernels/recurrent.h"
#include "backend/kernels/softmax.h"
#include "backend/ops.h"
#include "core/rng.h"

namespace firesteel::kernels {
namespace {

constexpr int64_t kRows = 3, kHidden = 37;  // no multiple of any vector

std::vector<float> spread_numbers(uint64_t seed, int64_t count) {
  Rng rng(seed);
  std::vector<float> numbers(static_cast<size_t>(count));
  for (float& number : numbers) number = rng.normal() * std::exp(4 * rng.unit() - 2);
  return numbers;
}

void expect_near(const std::vector<float>& got, const std::vector<float>& expected,
                 double tolerance = 2e-6) {
  for (size_t i = 0; i < got.size(); ++i) {
    EXPECT_NEAR(got[i], expected[i], tolerance * std::max(1.f, std::abs(expected[i]))) << i;
  }
}

// Everything that a step forward and one backward write.
std::vector<float> run_cell(const Cell& cell, int64_t gates_of_cell) {
  int64_t state = kRows * kHidden;
  auto gates = spread_numbers(1, gates_of_cell * state),
       sums = spread_numbers(2, gates_of_cell * state);
  auto before = spread_numbers(3, state), c_before = spread_numbers(4, 2 * state);
  auto dh = spread_numbers(5, state), dc = spread_numbers(6, state);
  auto peepholes = spread_numbers(7, 3 * kHidden);
  std::vector<float> h(before.size()), c(before.size());
  RecurrentStep step{.rows = kRows, .hidden = kHidden};
  step.gates = gates.data();
  step.sums = sums.data();
  step.h_before = before.data();
  step.h = h.data();
  step.c_before = c_before.data();
  step.c = c.data();
  step.peepholes = peepholes.data();
  step.dh = dh.data();
  step.dc = dc.data();
  cell.forward(step);
  std::vector<float> all = gates;
  all.insert(all.end(), h.begin(), h.end());
  all.insert(all.end(), c.begin(), c.end());
  cell.backward(step);
  for (const auto* part : {&gates, &sums, &dh, &dc}) {
    all.insert(all.end(), part->begin(), part->end());
  }
  return all;
}

TEST(Kernels, RecurrentCells) {
  const Recurrent &fast = recurrent({}), &plain = recurrent({.reference = true});
  expect_near(run_cell(fast.lstm, 4), run_cell(plain.lstm, 4));
  expect_near(run_cell(fast.gru, 3), run_cell(plain.gru, 3));
  expect_near(run_cell(fast.rnn_tanh, 1), run_cell(plain.rnn_tanh, 1));
  expect_near(run_cell(fast.rnn_relu, 1), run_cell(plain.rnn_relu, 1));
  expect_near(run_cell(fast.reset, 3), run_cell(plain.reset, 3));
  // With more terms in a sum, or where the gate is no share between 0 and 1 as here, more is left of rounding.
  constexpr double kSums = 1e-5;
  expect_near(run_cell(fast.candidate, 3), run_cell(plain.candidate, 3), kSums);
  expect_near(run_cell(fast.lstm_peepholes, 4), run_cell(plain.lstm_peepholes, 4), kSums);
  for (int gated : {0, 1}) {
    expect_near(run_cell(fast.leaf[gated], 1 + gated), run_cell(plain.leaf[gated], 1 + gated));
    expect_near(run_cell(fast.inner[gated], 4 + gated), run_cell(plain.inner[gated], 4 + gated),
                kSums);
  }
}

TEST(Kernels, Softmax) {
  for (bool causal : {false, true}) {
    SoftmaxRows rows{.rows = 2 * kHidden, .width = kHidden, .scale = 0.3, .causal = causal};
    auto x = spread_numbers(1, rows.rows * rows.width), expected = x;
    softmax({}).forward(rows, x.data());
    softmax({.reference = true}).forward(rows, expected.data());
    expect_near(x, expected);
    EXPECT_EQ(x[1] == 0, causal);
    auto d = spread_numbers(2, rows.rows * rows.width), expected_d = d;
    softmax({}).backward(rows, x.data(), d.data());
    softmax({.reference = true}).backward(rows, expected.data(), expected_d.data());
    expect_near(d, expected_d);
  }
}

TEST(Kernels, TanhAndSigmoid) {
  Layout layout({kRows, 40 * kHidden}, DType::f32);
  auto x = spread_numbers(1, layout.elements());
  x[0] = std::numeric_limits<float>::infinity();
  x[1] = -x[0];
  x[2] = 100;
  x[3] = 1e-20f;
  for (Function function : {Function::tanh, Function::sigmoid}) {
    auto y = x, expected = x;
    make_elementwise({}, function, layout)->forward(x.data(), y.data());
    make_elementwise({.reference = true}, function, layout)->forward(x.data(), expected.data());
    expect_near(y, expected);
    x[4] = std::nanf("");
    make_elementwise({}, function, layout)->forward(x.data(), y.data());
    EXPECT_TRUE(std::isnan(y[4]));
    x[4] = 1;
  }
}

// Forward and backward, with equal maxima, windows that overlap, hang over, or leave gaps, and
// lines longer than what is found at a time.
TEST(Kernels, MaxPoolOfPlainImages) {
  struct Case {
    Dims image, kernel, stride, padding, out;
  };
  for (const Case& c : {Case{{24, 24}, {2, 2}, {2, 2}, {0, 0}, {12, 12}},
                        Case{{7, 9}, {3, 3}, {2, 2}, {1, 1}, {4, 5}},
                        Case{{5, 150}, {2, 3}, {1, 1}, {0, 1}, {4, 150}},
                        Case{{8, 8}, {2, 2}, {3, 3}, {0, 0}, {3, 3}},
                        Case{{6, 5}, {3, 2}, {2, 2}, {0, 0}, {3, 3}}}) {
    PoolSpec spec{PoolSpec::Kind::max,
                  {2, 3, c.image[0], c.image[1]},
                  {2, 3, c.out[0], c.out[1]},
                  c.kernel,
                  c.stride,
                  c.padding};
    auto x = spread_numbers(1, numel(spec.src)), dy = spread_numbers(2, numel(spec.dst));
    for (float& number : x) number = std::round(number);  // many are equal
    auto run = [&](const Env& env) {
      Layout src(spec.src, DType::f32);
      auto pool = make_pool(env, spec, src);
      EXPECT_EQ(pool->dst, Layout(spec.dst, DType::f32));
      std::vector<float> y(dy.size()), dx(x.size());
      std::vector<std::byte> workspace(pool->workspace_bytes), scratch(pool->scratch_bytes);
      pool->forward(x.data(), y.data(), workspace.data(), scratch.data());
      pool->backward(dy.data(), workspace.data(), dx.data(), scratch.data());
      y.insert(y.end(), dx.begin(), dx.end());
      return y;
    };
    expect_near(run({}), run({.reference = true}));
    Env inference{.training = false};
    std::vector<float> y(dy.size()), expected = run({.reference = true});
    make_pool(inference, spec, Layout(spec.src, DType::f32))
        ->forward(x.data(), y.data(), nullptr, nullptr);
    expected.resize(y.size());
    EXPECT_EQ(y, expected);
  }
}

}  // namespace
}  // namespace firesteel::kernels
