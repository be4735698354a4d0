// SPDX-License-Identifier: Apache-2.0
// What recurrent layers share: parameters, products of matrices and the order of the steps.
//
// What x adds to the gates of all steps is one product, and so are the gradients of both weights
// and of x; only h W_hh^T goes step by step. The state before the first step is zero.
//
// With values of bf16 the operands of products are bf16 copies; gates, states and what comes out of
// products to be computed with further are f32.
#pragma once

#include "backend/kernels/recurrent.h"
#include "nn/layers/operand.h"
#include "nn/layers/recurrent/steps.h"

namespace firesteel {

struct CellKind {
  kernels::Cell kernels::Recurrent::* kernel;
  int64_t gates;
  bool has_c = false;  // a state c besides h
  // The gradients of what h adds to the gates differ from those of the gates.
  bool own_sums = false;
  bool peepholes = false;
};
inline constexpr CellKind kLstm = {&kernels::Recurrent::lstm, 4, true};
inline constexpr CellKind kLstmPeepholes = {&kernels::Recurrent::lstm_peepholes, 4, true, false,
                                            true};
inline constexpr CellKind kGru = {&kernels::Recurrent::gru, 3, false, true};
inline constexpr CellKind kRnnTanh = {&kernels::Recurrent::rnn_tanh, 1};
inline constexpr CellKind kRnnRelu = {&kernels::Recurrent::rnn_relu, 1};

struct RecurrentLayer : StepsLayer {
  int64_t input_size = 0, hidden_size = 0;
  bool bias = true;

  static Sample sample() {
    return {.attrs = {{"input_size", int64_t{3}}, {"hidden_size", int64_t{5}}}, .in = {{2, 4, 3}}};
  }

  virtual CellKind cell() const = 0;

  std::vector<ParamSpec> params() const override {
    Init init = Init::fan_in(hidden_size);
    int64_t rows = gates() * hidden_size;
    std::vector<ParamSpec> specs = {
        {.name = "weight_ih", .shape = {rows, input_size}, .init = init},
        {.name = "weight_hh", .shape = {rows, hidden_size}, .init = init}};
    for (const char* name : {"bias_ih", "bias_hh"}) {
      if (bias) specs.push_back({.name = name, .shape = {rows}, .init = init, .decay = false});
    }
    if (cell().peepholes) {
      specs.push_back({.name = "weight_peephole", .shape = {3, hidden_size}, .init = init});
    }
    return specs;
  }

  Shapes infer(const Shapes& in) const override {
    require(in[0].size() == 3 && in[0][2] == input_size, "input must be steps of ", input_size,
            " numbers, got ", without_batch(in[0]));
    if (!return_sequences) return {{in[0][0], hidden_size}};
    return {{in[0][0], in[0][1], hidden_size}};
  }

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

 protected:
  int64_t gates() const { return cell().gates; }

 private:
  enum Op : size_t { kCell, kFromX, kFromH, kNarrow, kWeightHh };  // operations
  enum Pack : size_t { kIh, kHh, kHhBackward, kIhBackward };  // packed weights
  enum Slot : size_t { kX, kGates, kH, kCellOrSums, kOperands };  // saved buffers

  // Bytes of scratch before that of the products: the sums of a step in forward; dh, dc, both of
  // rows that have ended, and what comes back by the sums in backward.
  size_t own_scratch(int64_t rows, DType dtype) const {
    int64_t count = rows * std::max(gates(), int64_t{5}) * hidden_size;
    return whole_lines(static_cast<size_t>(count) * size_of(dtype));
  }
  // Where the values are of another type than what is computed with.
  static bool narrow(const Run& r) { return r.value_dtype() != r.dtype(); }
  // Bytes behind own_scratch(): the copies of all gates' gradients, and of the sums' where they
  // differ.
  size_t copies_scratch(const Shape& in, DType values) const {
    int64_t gates_of_all = in[0] * in[1] * gates() * hidden_size;
    return whole_lines(static_cast<size_t>((cell().own_sums ? 2 : 1) * gates_of_all) *
                       size_of(values));
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
  // The gradient of the peepholes, once all gates have theirs.
  template <class T>
  void backward_peepholes(Run& r) const;
  size_t peepholes_param() const { return bias ? 4 : 2; }
};

inline constexpr auto kInputSize =
    required("input_size", &RecurrentLayer::input_size, "numbers of a step", positive);
inline constexpr auto kHiddenSize =
    required("hidden_size", &RecurrentLayer::hidden_size, "numbers of the state", positive);
inline constexpr auto kRecurrentBias = attr("bias", &RecurrentLayer::bias, "add learned biases");

template <class Derived>
using RecurrentLayerOf = DescribedBy<Derived, RecurrentLayer>;

}  // namespace firesteel
