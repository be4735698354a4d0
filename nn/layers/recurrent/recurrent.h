// SPDX-License-Identifier: Apache-2.0
// What recurrent layers share: parameters, products of matrices and the order of the steps.
//
// Inside, steps come first and rows second, so that a step's rows lie together and a step before
// the first is zero. What x adds to the gates of all steps is one product, and so are the gradients
// of both weights and of x; only h W_hh^T goes step by step. A row that has ended keeps its state.
//
// With values of bf16 the operands of products are bf16 copies; gates, states and what comes out of
// products to be computed with further are f32.
#pragma once

#include <algorithm>
#include <cstring>

#include "backend/kernels/recurrent.h"
#include "core/buffer.h"
#include "nn/layer.h"
#include "nn/layers/operand.h"

namespace firesteel {

struct RecurrentLayer : Layer {
  int64_t input_size = 0, hidden_size = 0;
  bool bias = true, return_sequences = true, reverse = false;

  static Sample sample() {
    return {.attrs = {{"input_size", int64_t{3}}, {"hidden_size", int64_t{5}}}, .in = {{2, 4, 3}}};
  }

  virtual int64_t gates() const = 0;
  // Whether the cell has a state c besides h; without one, backward reads the sums of each step.
  virtual bool has_cell() const = 0;
  virtual kernels::Cell cell(const kernels::Recurrent& table) const = 0;

  std::vector<ParamSpec> params() const override {
    Init init = Init::fan_in(hidden_size);
    int64_t rows = gates() * hidden_size;
    std::vector<ParamSpec> specs = {
        {.name = "weight_ih", .shape = {rows, input_size}, .init = init},
        {.name = "weight_hh", .shape = {rows, hidden_size}, .init = init}};
    for (const char* name : {"bias_ih", "bias_hh"}) {
      if (bias) specs.push_back({.name = name, .shape = {rows}, .init = init, .decay = false});
    }
    return specs;
  }

  Shapes infer(const Shapes& in) const override {
    require(in[0].size() == 3 && in[0][2] == input_size, "input must be steps of ", input_size,
            " numbers, got ", without_batch(in[0]));
    if (!return_sequences) return {{in[0][0], hidden_size}};
    return {{in[0][0], in[0][1], hidden_size}};
  }

  Steps steps(const Shape&) const override { return Steps::followed; }

  double flops(const Shapes& in, const Shapes&) const override {
    int64_t steps = in[0][0] * in[0][1];
    return 2.0 * static_cast<double>(steps * gates() * hidden_size * (input_size + hidden_size));
  }

  void prepare(Prepare& p) const override;
  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() { forward_as<T>(r); });
  }
  void backward(Run& r) const override {
    by_types(r, [&]<class T, class Value>() { backward_as<T, Value>(r); });
  }

 private:
  enum Op : size_t { kCell, kFromX, kFromH, kNarrow, kWeightHh };  // operations
  enum Pack : size_t { kIh, kHh, kHhBackward, kIhBackward };  // packed weights
  enum Slot : size_t { kX, kGates, kH, kCellOrSums, kOperands };  // saved buffers

  // Bytes of scratch before that of the products: the sums of a step in forward; dh, dc, both of rows
  // that have ended, and what comes back by the sums in backward.
  size_t own_scratch(int64_t rows, DType dtype) const {
    int64_t count = rows * std::max(gates(), int64_t{5}) * hidden_size;
    return whole_lines(static_cast<size_t>(count) * size_of(dtype));
  }
  // Where the values are of another type than what is computed with.
  static bool narrow(const Run& r) { return r.value_dtype() != r.dtype(); }
  // Bytes behind own_scratch(): the copies of all gates' gradients, and of the sums' where they differ.
  size_t copies_scratch(const Shape& in, DType values) const {
    int64_t gates_of_all = in[0] * in[1] * gates() * hidden_size;
    return whole_lines(static_cast<size_t>((has_cell() ? 1 : 2) * gates_of_all) * size_of(values));
  }
  // Of a step's numbers; null where there are none.
  struct Narrow {
    std::unique_ptr<Reorder> state, gates;
  };
  template <class T>
  void forward_as(Run& r) const;
  template <class T, class Value>
  void backward_as(Run& r) const;
  template <class T>
  kernels::RecurrentStep step(const Run& r, int64_t s) const;
  int64_t time_of(int64_t s, int64_t steps) const { return reverse ? steps - 1 - s : s; }
  // Calls of_row(n) for rows whose steps have ended before the s-th that is computed.
  template <class OfRow>
  void each_ended(const Run& r, int64_t s, const OfRow& of_row) const {
    int64_t t = time_of(s, r.in()[1]);
    for (int64_t n = 0; r.padded() && n < r.rows(); ++n) {
      if (t >= r.length(n)) of_row(n);
    }
  }
  // Calls copy(byte of row n's step in a batch-first buffer, the same in a step-first one) for steps
  // of so many bytes.
  template <class Copy>
  void each_step(const Run& r, size_t bytes, const Copy& copy) const {
    auto width = static_cast<int64_t>(bytes);
    int64_t rows = r.rows(), steps = r.in()[1];
    for (int64_t s = 0; s < steps; ++s) {
      int64_t t = time_of(s, steps);
      for (int64_t n = 0; n < rows; ++n) copy((n * steps + t) * width, (s * rows + n) * width);
    }
  }
};

inline constexpr auto kInputSize =
    required("input_size", &RecurrentLayer::input_size, "numbers of a step", positive);
inline constexpr auto kHiddenSize =
    required("hidden_size", &RecurrentLayer::hidden_size, "numbers of the state", positive);
inline constexpr auto kRecurrentBias = attr("bias", &RecurrentLayer::bias, "add learned biases");
inline constexpr auto kReturnSequences =
    attr("return_sequences", &RecurrentLayer::return_sequences,
         "return the state after each step instead of the last one only");
inline constexpr auto kReverse =
    attr("reverse", &RecurrentLayer::reverse, "begin with the last step");

template <class Derived>
using RecurrentLayerOf = DescribedBy<Derived, RecurrentLayer>;

}  // namespace firesteel
