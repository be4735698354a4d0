// SPDX-License-Identifier: Apache-2.0
// Linear layers against plain loops in f64.
#include <gtest/gtest.h>

#include <tuple>

#include "core/cat.h"
#include "core/threads.h"
#include "tests/nn/tensor.h"

namespace firesteel::testing {
namespace {

// Results of forward and, in training, of both ways back.
std::vector<std::vector<double>> run(const Env& env, const InnerProductSpec& spec) {
  auto op = make_inner_product(env, spec);
  Layout in({spec.rows, spec.inputs}, env.dtype), out({spec.rows, spec.outputs}, env.dtype);
  Layout plain({spec.outputs, spec.inputs}, env.dtype), bias({spec.outputs}, env.dtype);
  auto numbers = random_numbers(spec.outputs * spec.inputs, 2);
  Tensor x(env, in), y(env, out), w(env, op->weights), b(env, bias);
  x.set(random_numbers(spec.rows * spec.inputs, 1));
  w.set(numbers);
  b.set(random_numbers(spec.outputs, 3));
  AlignedBuffer scratch(op->scratch_bytes + 64);
  op->forward(x.data(), w.data(), spec.bias ? b.data() : nullptr, y.data(), scratch.data());
  if (!env.training) return {y.get()};
  Tensor dx(env, in), dy(env, out), back(env, op->weights_backward), dw(env, plain), db(env, bias);
  dy.set(random_numbers(spec.rows * spec.outputs, 4));
  back.set(numbers);
  op->backward_data(dy.data(), back.data(), dx.data(), scratch.data());
  op->backward_weights(x.data(), dy.data(), dw.data(), spec.bias ? db.data() : nullptr,
                       scratch.data());
  return {y.get(), dx.get(), dw.get(), spec.bias ? db.get() : std::vector<double>()};
}

// Numbers of rows on both sides of where the kernel of few rows ends; inputs that fill no vector.
TEST(InnerProduct, FewRowsAsPlainLoops) {
  for (int64_t rows = 1; rows < 7; ++rows) {
    for (int64_t inputs : {1, 7, 64, 333}) {
      InnerProductSpec spec{
          .rows = rows, .inputs = inputs, .outputs = 150 - inputs % 50, .bias = inputs != 64};
      set_threads(static_cast<int>(rows) % 3 + 1);
      auto got = run({.training = false}, spec)[0];
      set_threads(available_cores());
      expect_close(got, run({.dtype = DType::f64, .training = false}, spec)[0], "y");
    }
  }
}

// Extents on both sides of tiles, panels and blocks.
TEST(InnerProduct, TrainingAsPlainLoops) {
  for (auto [rows, inputs, outputs] : {std::tuple<int64_t, int64_t, int64_t>{1, 1, 1},
                                       {5, 16, 15},
                                       {7, 300, 33},
                                       {200, 20, 48},
                                       {389, 17, 6},
                                       {64, 257, 100}}) {
    for (int count : {1, 3}) {
      InnerProductSpec spec{
          .rows = rows, .inputs = inputs, .outputs = outputs, .bias = inputs != 20};
      set_threads(count);
      auto got = run({}, spec);
      set_threads(available_cores());
      auto expected = run({.dtype = DType::f64}, spec);
      for (size_t i = 0; i < got.size(); ++i) {
        expect_close(got[i], expected[i], cat("result ", i, " of ", rows, " rows").c_str());
      }
    }
  }
}

}  // namespace
}  // namespace firesteel::testing
