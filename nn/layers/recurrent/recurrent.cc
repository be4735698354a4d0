// SPDX-License-Identifier: Apache-2.0
#include "nn/layers/recurrent/recurrent.h"

namespace firesteel {

void RecurrentLayer::prepare(Prepare& p) const {
  const Env& env = p.env();
  int64_t rows = p.in()[0], steps = p.in()[1], width = gates() * hidden_size;
  bool narrow = env.values() != env.dtype;
  p.want(0, p.plain_values(p.in()));
  p.set_output(0, p.plain_values(p.out()));
  p.keep(std::make_unique<kernels::Cell>(kernels::recurrent(env).*(cell().kernel)));
  auto product = [&](int64_t count, int64_t inputs, bool wide_diff_src) -> InnerProduct& {
    return p.keep(make_inner_product(env, {.rows = count,
                                           .inputs = inputs,
                                           .outputs = width,
                                           .bias = bias,
                                           .wide_dst = true,
                                           .wide_diff_src = wide_diff_src}));
  };
  auto& from_x = product(steps * rows, input_size, false);
  auto& from_h = product(rows, hidden_size, true);
  size_t products = std::max(from_x.scratch_bytes, from_h.scratch_bytes), copies = 0;
  auto& narrowed = p.keep(std::make_unique<Narrow>());
  auto to_values = [&](int64_t count) {
    Shape shape = {rows, count};
    return make_reorder(env, Layout(shape, env.dtype), Layout(shape, env.values()));
  };
  if (narrow) narrowed = {to_values(hidden_size), to_values(width)};
  p.pack(0, from_x.weights);
  p.pack(1, from_h.weights);
  if (p.training()) {
    p.pack(1, from_h.weights_backward);
    p.pack(0, from_x.weights_backward);
    products = std::max(products, product(steps * rows, hidden_size, false).scratch_bytes);
    if (narrow) copies = copies_scratch(p.in(), env.values());
  }

  auto bytes = [](int64_t count, DType type) { return static_cast<size_t>(count) * size_of(type); };
  int64_t states = (steps + 1) * rows * hidden_size;
  int64_t sums = cell().own_sums ? steps * rows * width : 0;
  p.save(bytes(steps * rows * input_size, env.values()));
  p.save(bytes(steps * rows * width, env.dtype));
  p.save(bytes(states, env.dtype));
  p.save(bytes(cell().has_c ? states : sums, env.dtype));
  p.save(narrow ? bytes(states, env.values()) : 0);
  p.scratch(own_scratch(rows, env.dtype) + copies + products);
}

template <class T>
kernels::RecurrentStep RecurrentLayer::step(const Run& r, int64_t s) const {
  int64_t rows = r.rows(), state = rows * hidden_size, width = gates() * state;
  auto* h = static_cast<T*>(r.saved(kH)) + s * state;
  auto* own = static_cast<T*>(r.saved(kCellOrSums));
  kernels::RecurrentStep step{.rows = rows, .hidden = hidden_size};
  step.gates = static_cast<T*>(r.saved(kGates)) + s * width;
  step.sums = cell().own_sums ? own + s * width : static_cast<T*>(r.scratch());
  step.h_before = h;
  step.h = h + state;
  if (cell().has_c) {
    step.c_before = own + s * state;
    step.c = own + (s + 1) * state;
  }
  if (cell().peepholes) step.peepholes = r.param(peepholes_param());
  return step;
}

template <class T>
void RecurrentLayer::forward_as(Run& r) const {
  int64_t rows = r.rows(), steps = r.in()[1], state = rows * hidden_size;
  size_t value = size_of(r.value_dtype()), x_bytes = static_cast<size_t>(input_size) * value,
         h_bytes = static_cast<size_t>(hidden_size) * value;
  bool has_c = cell().has_c;
  auto& from_h = r.op<InnerProduct>(kFromH);
  auto& to_values = r.op<Narrow>(kNarrow).state;
  auto* h = static_cast<T*>(r.saved(kH));
  auto* rest = static_cast<std::byte*>(r.scratch()) + own_scratch(rows, r.dtype());
  steps_first(r, x_bytes, r.x(), r.saved(kX));
  r.op<InnerProduct>(kFromX).forward(r.saved(kX), r.packed(kIh), bias ? r.param(2) : nullptr,
                                     r.saved(kGates), rest);
  std::fill_n(h, state, T(0));
  if (has_c) std::fill_n(static_cast<T*>(r.saved(kCellOrSums)), state, T(0));
  // The states as products read them, and as they are given out.
  auto* values = static_cast<std::byte*>(r.saved(narrow(r) ? kOperands : kH));
  size_t state_bytes = static_cast<size_t>(rows) * h_bytes;
  for (int64_t s = 0; s < steps; ++s) {
    auto now = step<T>(r, s);
    from_h.forward(operand(to_values, now.h_before, values), r.packed(kHh),
                   bias ? r.param(3) : nullptr, now.sums, rest);
    r.op<kernels::Cell>(kCell).forward(now);
    each_ended(r, s, [&](int64_t n) {
      copy_row<T>(now.h_before, now.h, n, hidden_size);
      if (has_c) copy_row<T>(now.c_before, now.c, n, hidden_size);
    });
    values += state_bytes;
  }
  operand(to_values, h + steps * state, values);
  if (!return_sequences) {
    std::memcpy(r.y(), values, state_bytes);
    return;
  }
  // Those behind the state before the first step.
  rows_first(r, h_bytes, values - static_cast<size_t>(steps - 1) * state_bytes, r.y());
}

template <class T, class Value>
void RecurrentLayer::backward_as(Run& r) const {
  int64_t rows = r.rows(), steps = r.in()[1], state = rows * hidden_size;
  int64_t step_gates = gates() * state, all_gates = steps * step_gates;
  bool own_sums = cell().own_sums;
  auto& from_x = r.op<InnerProduct>(kFromX);
  auto& to_values = r.op<Narrow>(kNarrow).gates;
  auto* dh = static_cast<T*>(r.scratch());
  auto* dc = dh + state;
  auto* kept = dc + state;  // dh and dc of rows that have ended
  auto* from_sums = own_sums ? kept + 2 * state : dh;  // what h gets by the sums
  auto* rest = static_cast<std::byte*>(r.scratch()) + own_scratch(rows, r.dtype());
  auto* dgates = static_cast<T*>(r.saved(kGates));
  auto* dsums = static_cast<T*>(r.saved(own_sums ? kCellOrSums : kGates));
  // As products read them.
  auto* gates_values = reinterpret_cast<Value*>(narrow(r) ? rest : static_cast<void*>(dgates));
  auto* sums_values = !own_sums   ? gates_values
                      : narrow(r) ? gates_values + all_gates
                                  : reinterpret_cast<Value*>(dsums);
  if (narrow(r)) rest += copies_scratch(r.in(), r.value_dtype());
  std::fill_n(dh, 2 * state, T(0));
  for (int64_t s = steps; s-- > 0;) {
    add_output_gradient<T, Value>(r, s, hidden_size, dh);
    auto now = step<T>(r, s);
    now.dh = dh;
    now.dc = dc;
    auto keep = [&](T* from, T* to) {
      each_ended(r, s, [&](int64_t n) {
        copy_row<T>(from, to, n, hidden_size);
        copy_row<T>(from + state, to + state, n, hidden_size);
      });
    };
    keep(dh, kept);
    r.op<kernels::Cell>(kCell).backward(now);
    each_ended(r, s, [&](int64_t n) {
      clear_row<T>(now.gates, n, gates() * hidden_size);
      if (own_sums) clear_row<T>(now.sums, n, gates() * hidden_size);
    });
    auto* sums = operand(to_values, dsums + s * step_gates, sums_values + s * step_gates);
    if (own_sums) operand(to_values, now.gates, gates_values + s * step_gates);
    if (s == 0) break;
    r.op<InnerProduct>(kFromH).backward_data(sums, r.packed(kHhBackward), from_sums, rest);
    for (int64_t i = 0; i < state && from_sums != dh; ++i) dh[i] += from_sums[i];
    keep(kept, dh);
  }
  auto* x = r.saved(kX);
  from_x.backward_weights(x, gates_values, r.dparam(0), bias ? r.dparam(2) : nullptr, rest);
  r.op<InnerProduct>(kWeightHh).backward_weights(r.saved(narrow(r) ? kOperands : kH), sums_values,
                                                 r.dparam(1), bias ? r.dparam(3) : nullptr, rest);
  if (cell().peepholes) backward_peepholes<T>(r);
  if (!r.dx()) return;
  from_x.backward_data(gates_values, r.packed(kIhBackward), x, rest);  // x has been read
  rows_first(r, static_cast<size_t>(input_size) * sizeof(Value), x, r.dx());
}

template <class T>
void RecurrentLayer::backward_peepholes(Run& r) const {
  int64_t state = r.rows() * hidden_size;
  auto* c = static_cast<const T*>(r.saved(kCellOrSums));
  auto* to = static_cast<T*>(r.dparam(peepholes_param()));
  std::fill_n(to, 3 * hidden_size, T(0));
  peephole_gradients(r.in()[1] * r.rows(), hidden_size, static_cast<const T*>(r.saved(kGates)), c,
                     c + state, to);
}

}  // namespace firesteel
