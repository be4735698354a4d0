// SPDX-License-Identifier: Apache-2.0
// Linear layers of few rows against plain loops in f64.
#include <gtest/gtest.h>

#include "core/threads.h"
#include "tests/nn/tensor.h"

namespace firesteel {
namespace {

using namespace testing;

std::vector<double> run(const Env& env, const InnerProductSpec& spec) {
  auto op = make_inner_product(env, spec);
  Layout in({spec.rows, spec.inputs}, env.dtype), out({spec.rows, spec.outputs}, env.dtype);
  Tensor x(env, in), y(env, out), w(env, op->weights), b(env, Layout({spec.outputs}, env.dtype));
  x.set(random_numbers(spec.rows * spec.inputs, 1));
  w.set(random_numbers(spec.outputs * spec.inputs, 2));
  b.set(random_numbers(spec.outputs, 3));
  AlignedBuffer scratch(op->scratch_bytes + 64);
  op->forward(x.data(), w.data(), spec.bias ? b.data() : nullptr, y.data(), scratch.data());
  return y.get();
}

// Numbers of rows on both sides of where the kernel of few rows ends; inputs that fill no vector.
TEST(InnerProduct, FewRowsAsPlainLoops) {
  for (int64_t rows = 1; rows < 7; ++rows) {
    for (int64_t inputs : {1, 7, 64, 333}) {
      InnerProductSpec spec{
          .rows = rows, .inputs = inputs, .outputs = 150 - inputs % 50, .bias = inputs != 64};
      set_threads(static_cast<int>(rows) % 3 + 1);
      auto got = run({.training = false}, spec);
      set_threads(available_cores());
      expect_close(got, run({.dtype = DType::f64, .training = false}, spec), "y");
    }
  }
}

}  // namespace
}  // namespace firesteel
