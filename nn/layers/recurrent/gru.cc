// SPDX-License-Identifier: Apache-2.0
// GRU: r, z = sigmoid of W_ih x + b_ih + W_hh h + b_hh; n = tanh(W_in x + b_in + r (W_hn h +
// b_hn)); h = (1 - z) n + z h. Cho et al., "Learning phrase representations using RNN
// encoder-decoder", 2014, in PyTorch's form. In that of the paper, which resets h before the
// product, n = tanh(W_in x + b_in + W_hn (r h) + b_hn); it is computed in f32 always.
#include "nn/layers/recurrent/recurrent.h"

namespace firesteel {

struct GRU final : RecurrentLayerOf<GRU> {
  bool reset_after = true;

  static constexpr auto schema() {
    return Schema{"GRU",
                  "recurrent",
                  "Gated recurrent unit over the steps of each row.",
                  kInputSize,
                  kHiddenSize,
                  kRecurrentBias,
                  kReturnSequences,
                  kReverse,
                  attr("reset_after", &GRU::reset_after,
                       "reset what comes out of the state's product, as PyTorch does, instead of "
                       "the state before it")};
  }
  CellKind cell() const override { return kGru; }

  void prepare(Prepare& p) const override {
    reset_after ? RecurrentLayer::prepare(p) : prepare_before(p);
  }
  void forward(Run& r) const override {
    if (reset_after) return RecurrentLayer::forward(r);
    by_dtype(r.dtype(), [&]<class T>() { forward_before<T>(r); });
  }
  void backward(Run& r) const override {
    if (reset_after) return RecurrentLayer::backward(r);
    by_dtype(r.dtype(), [&]<class T>() { backward_before<T>(r); });
  }

 private:
  // Of the form that resets before the product.
  enum Op : size_t { kReset, kCandidate, kFromX, kRZ, kN, kDiffKept, kDiffH, kWeightRZ, kWeightN };
  enum Slot : size_t { kX, kGates, kH, kKept };  // kept: r h
  void prepare_before(Prepare& p) const;
  template <class T>
  void forward_before(Run& r) const;
  template <class T>
  void backward_before(Run& r) const;
  template <class T>
  kernels::RecurrentStep step(const Run& r, int64_t s) const;
};
FIRESTEEL_LAYER(GRU);

void GRU::prepare_before(Prepare& p) const {
  Env env = p.env();
  env.compute = DType::f32;
  int64_t rows = p.in()[0], steps = p.in()[1], all = rows * steps, width = hidden_size;
  const auto& table = kernels::recurrent(env);
  p.keep(std::make_unique<kernels::Cell>(table.reset));
  p.keep(std::make_unique<kernels::Cell>(table.candidate));
  auto& from_x = p.keep(make_inner_product(
      env, {.rows = all, .inputs = input_size, .outputs = 3 * width, .bias = bias}));
  size_t products = from_x.scratch_bytes;
  p.pack(0, from_x.weights);
  auto multiply = [&](const MatMulSpec& spec) {
    products = std::max(products, p.keep(make_matmul(env, spec)).scratch_bytes);
  };
  MatMulSpec::Matrix states{width, 1, {}}, gates{3 * width, 1, {}}, turned_gates{1, 3 * width, {}};
  MatMulSpec::Matrix weights{width, 1, {}}, turned_weights{1, width, {}};
  auto add_to_gates = [&](int64_t outputs) {
    multiply({.m = rows,
              .n = outputs,
              .k = width,
              .a = states,
              .b = turned_weights,
              .dst = gates,
              .accumulate = true});
  };
  add_to_gates(2 * width);
  add_to_gates(width);
  if (p.training()) {
    p.pack(0, from_x.weights_backward);
    multiply({.m = rows, .n = width, .k = width, .a = gates, .b = weights, .dst = states});
    multiply({.m = rows,
              .n = width,
              .k = 2 * width,
              .a = gates,
              .b = weights,
              .dst = states,
              .accumulate = true});
    multiply(
        {.m = 2 * width, .n = width, .k = all, .a = turned_gates, .b = states, .dst = weights});
    multiply({.m = width, .n = width, .k = all, .a = turned_gates, .b = states, .dst = weights});
  }
  auto bytes = [&](int64_t count) { return static_cast<size_t>(count) * size_of(env.dtype); };
  p.save(bytes(all * input_size));
  p.save(bytes(all * 3 * width));
  p.save(bytes((steps + 1) * rows * width));
  p.save(bytes(all * width));
  p.scratch(whole_lines(bytes(3 * rows * width)) + products);
}

template <class T>
kernels::RecurrentStep GRU::step(const Run& r, int64_t s) const {
  int64_t rows = r.rows(), state = rows * hidden_size;
  auto* h = static_cast<T*>(r.saved(kH)) + s * state;
  return {.rows = rows,
          .hidden = hidden_size,
          .gates = static_cast<T*>(r.saved(kGates)) + s * 3 * state,
          .sums = static_cast<T*>(r.saved(kKept)) + s * state,
          .h_before = h,
          .h = h + state};
}

template <class T>
void GRU::forward_before(Run& r) const {
  int64_t rows = r.rows(), steps = r.in()[1], width = hidden_size, state = rows * width;
  void* rest = static_cast<std::byte*>(r.scratch()) +
               whole_lines(static_cast<size_t>(3 * state) * sizeof(T));
  auto* h = static_cast<T*>(r.saved(kH));
  auto* gates = static_cast<T*>(r.saved(kGates));
  auto* weight_hh = static_cast<const T*>(r.param(1));
  steps_first(r, static_cast<size_t>(input_size) * sizeof(T), r.x(), r.saved(kX));
  r.op<InnerProduct>(kFromX).forward(r.saved(kX), r.packed(0), bias ? r.param(2) : nullptr, gates,
                                     rest);
  for (int64_t i = 0; bias && i < steps * rows; ++i) {
    auto* bias_hh = static_cast<const T*>(r.param(3));
    for (int64_t j = 0; j < 3 * width; ++j) gates[i * 3 * width + j] += bias_hh[j];
  }
  std::fill_n(h, state, T(0));
  for (int64_t s = 0; s < steps; ++s) {
    auto now = step<T>(r, s);
    auto* sums = static_cast<T*>(now.gates);
    r.op<MatMul>(kRZ).run(now.h_before, weight_hh, sums, rest);
    r.op<kernels::Cell>(kReset).forward(now);
    r.op<MatMul>(kN).run(now.sums, weight_hh + 2 * width * width, sums + 2 * width, rest);
    r.op<kernels::Cell>(kCandidate).forward(now);
    each_ended(r, s, [&](int64_t n) { copy_row<T>(now.h_before, now.h, n, width); });
  }
  size_t row_bytes = static_cast<size_t>(width) * sizeof(T);
  if (return_sequences) return rows_first(r, row_bytes, h + state, r.y());
  std::copy_n(h + steps * state, state, static_cast<T*>(r.y()));
}

template <class T>
void GRU::backward_before(Run& r) const {
  int64_t rows = r.rows(), steps = r.in()[1], width = hidden_size, state = rows * width;
  auto* dh = static_cast<T*>(r.scratch());
  auto* of_ended = dh + state;
  auto* dkept = of_ended + state;
  void* rest = static_cast<std::byte*>(r.scratch()) +
               whole_lines(static_cast<size_t>(3 * state) * sizeof(T));
  auto* dgates = static_cast<T*>(r.saved(kGates));
  auto* weight_hh = static_cast<const T*>(r.param(1));
  std::fill_n(dh, state, T(0));
  for (int64_t s = steps; s-- > 0;) {
    add_output_gradient<T, T>(r, s, width, dh);
    auto now = step<T>(r, s);
    auto* sums = static_cast<T*>(now.gates);
    now.dh = dh;
    now.sums = dkept;
    each_ended(r, s, [&](int64_t n) { copy_row<T>(dh, of_ended, n, width); });
    r.op<kernels::Cell>(kCandidate).backward(now);
    r.op<MatMul>(kDiffKept).run(sums + 2 * width, weight_hh + 2 * width * width, dkept, rest);
    r.op<kernels::Cell>(kReset).backward(now);
    each_ended(r, s, [&](int64_t n) { clear_row<T>(sums, n, 3 * width); });
    if (s == 0) break;
    r.op<MatMul>(kDiffH).run(sums, weight_hh, dh, rest);
    each_ended(r, s, [&](int64_t n) { copy_row<T>(of_ended, dh, n, width); });
  }
  auto* dweight_hh = static_cast<T*>(r.dparam(1));
  r.op<MatMul>(kWeightRZ).run(dgates, r.saved(kH), dweight_hh, rest);
  r.op<MatMul>(kWeightN).run(dgates + 2 * width, r.saved(kKept), dweight_hh + 2 * width * width,
                             rest);
  auto& from_x = r.op<InnerProduct>(kFromX);
  from_x.backward_weights(r.saved(kX), dgates, r.dparam(0), bias ? r.dparam(2) : nullptr, rest);
  if (bias)
    std::copy_n(static_cast<const T*>(r.dparam(2)), 3 * width, static_cast<T*>(r.dparam(3)));
  if (!r.dx()) return;
  from_x.backward_data(dgates, r.packed(1), r.saved(kX), rest);  // x has been read
  rows_first(r, static_cast<size_t>(input_size) * sizeof(T), r.saved(kX), r.dx());
}

}  // namespace firesteel
