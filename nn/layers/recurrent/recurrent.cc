// SPDX-License-Identifier: Apache-2.0
#include "nn/layers/recurrent/recurrent.h"

namespace firesteel {

void RecurrentLayer::prepare(Prepare& p) const {
  const Env& env = p.env();
  int64_t rows = p.in()[0], steps = p.in()[1], width = gates() * hidden_size;
  bool narrow = env.values() != env.dtype;
  p.want(0, p.plain_values(p.in()));
  p.set_output(0, p.plain_values(p.out()));
  p.keep(std::make_unique<kernels::Cell>(cell(kernels::recurrent(env))));
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
  p.save(bytes(steps * rows * input_size, env.values()));
  p.save(bytes(steps * rows * width, env.dtype));
  p.save(bytes(states, env.dtype));
  p.save(bytes(has_cell() ? states : steps * rows * width, env.dtype));
  p.save(narrow ? bytes(states, env.values()) : 0);
  p.scratch(own_scratch(rows, env.dtype) + copies + products);
}

namespace {

template <class T>
void copy_row(const void* from, void* to, int64_t n, int64_t width) {
  std::copy_n(static_cast<const T*>(from) + n * width, width, static_cast<T*>(to) + n * width);
}

template <class T>
void clear_row(void* of, int64_t n, int64_t width) {
  std::fill_n(static_cast<T*>(of) + n * width, width, T(0));
}

}  // namespace

template <class T>
kernels::RecurrentStep RecurrentLayer::step(const Run& r, int64_t s) const {
  int64_t rows = r.rows(), state = rows * hidden_size, width = gates() * state;
  auto* h = static_cast<T*>(r.saved(kH)) + s * state;
  auto* own = static_cast<T*>(r.saved(kCellOrSums));
  kernels::RecurrentStep step{.rows = rows, .hidden = hidden_size};
  step.gates = static_cast<T*>(r.saved(kGates)) + s * width;
  step.sums = has_cell() ? static_cast<T*>(r.scratch()) : own + s * width;
  step.h_before = h;
  step.h = h + state;
  if (has_cell()) {
    step.c_before = own + s * state;
    step.c = own + (s + 1) * state;
  }
  return step;
}

template <class T>
void RecurrentLayer::forward_as(Run& r) const {
  int64_t rows = r.rows(), steps = r.in()[1], state = rows * hidden_size;
  size_t value = size_of(r.value_dtype()), x_bytes = static_cast<size_t>(input_size) * value,
         h_bytes = static_cast<size_t>(hidden_size) * value;
  auto& from_h = r.op<InnerProduct>(kFromH);
  auto& to_values = r.op<Narrow>(kNarrow).state;
  auto* x = static_cast<const std::byte*>(r.x());
  auto* y = static_cast<std::byte*>(r.y());
  auto* steps_x = static_cast<std::byte*>(r.saved(kX));
  auto* h = static_cast<T*>(r.saved(kH));
  auto* rest = static_cast<std::byte*>(r.scratch()) + own_scratch(rows, r.dtype());
  each_step(r, x_bytes,
            [&](int64_t from, int64_t to) { std::memcpy(steps_x + to, x + from, x_bytes); });
  r.op<InnerProduct>(kFromX).forward(steps_x, r.packed(kIh), bias ? r.param(2) : nullptr,
                                     r.saved(kGates), rest);
  std::fill_n(h, state, T(0));
  if (has_cell()) std::fill_n(static_cast<T*>(r.saved(kCellOrSums)), state, T(0));
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
      if (has_cell()) copy_row<T>(now.c_before, now.c, n, hidden_size);
    });
    values += state_bytes;
  }
  operand(to_values, h + steps * state, values);
  if (!return_sequences) {
    std::memcpy(y, values, state_bytes);
    return;
  }
  values -= static_cast<size_t>(steps - 1) * state_bytes;  // behind the state before the first step
  each_step(r, h_bytes,
            [&](int64_t to, int64_t from) { std::memcpy(y + to, values + from, h_bytes); });
}

template <class T, class Value>
void RecurrentLayer::backward_as(Run& r) const {
  int64_t rows = r.rows(), steps = r.in()[1], state = rows * hidden_size;
  int64_t step_gates = gates() * state, all_gates = steps * step_gates;
  auto& from_x = r.op<InnerProduct>(kFromX);
  auto& to_values = r.op<Narrow>(kNarrow).gates;
  auto* dy = static_cast<const Value*>(r.dy());
  auto* dh = static_cast<T*>(r.scratch());
  auto* dc = dh + state;
  auto* kept = dc + state;  // dh and dc of rows that have ended
  auto* from_sums = has_cell() ? dh : kept + 2 * state;  // what h gets by the sums
  auto* rest = static_cast<std::byte*>(r.scratch()) + own_scratch(rows, r.dtype());
  // The gradients of the gates and of the sums, which are the same where there is a cell.
  auto* dgates = static_cast<T*>(r.saved(kGates));
  auto* dsums = static_cast<T*>(r.saved(has_cell() ? kGates : kCellOrSums));
  // As products read them.
  auto* gates_values = reinterpret_cast<Value*>(narrow(r) ? rest : static_cast<void*>(dgates));
  auto* sums_values = has_cell()  ? gates_values
                      : narrow(r) ? gates_values + all_gates
                                  : reinterpret_cast<Value*>(dsums);
  if (narrow(r)) rest += copies_scratch(r.in(), r.value_dtype());
  std::fill_n(dh, 2 * state, T(0));
  for (int64_t s = steps; s-- > 0;) {
    int64_t t = time_of(s, steps);
    for (int64_t n = 0; n < rows && (return_sequences || s == steps - 1); ++n) {
      const Value* from = dy + (return_sequences ? n * steps + t : n) * hidden_size;
      for (int64_t j = 0; j < hidden_size; ++j) dh[n * hidden_size + j] += static_cast<T>(from[j]);
    }
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
      if (!has_cell()) clear_row<T>(now.sums, n, gates() * hidden_size);
    });
    auto* sums = operand(to_values, dsums + s * step_gates, sums_values + s * step_gates);
    if (!has_cell()) operand(to_values, now.gates, gates_values + s * step_gates);
    if (s == 0) break;
    r.op<InnerProduct>(kFromH).backward_data(sums, r.packed(kHhBackward), from_sums, rest);
    for (int64_t i = 0; i < state && from_sums != dh; ++i) dh[i] += from_sums[i];
    keep(kept, dh);
  }
  auto* x = static_cast<std::byte*>(r.saved(kX));
  from_x.backward_weights(x, gates_values, r.dparam(0), bias ? r.dparam(2) : nullptr, rest);
  r.op<InnerProduct>(kWeightHh).backward_weights(r.saved(narrow(r) ? kOperands : kH), sums_values,
                                                 r.dparam(1), bias ? r.dparam(3) : nullptr, rest);
  if (!r.dx()) return;
  auto* dx = static_cast<std::byte*>(r.dx());
  from_x.backward_data(gates_values, r.packed(kIhBackward), x, rest);  // x has been read
  size_t bytes = static_cast<size_t>(input_size) * sizeof(Value);
  each_step(r, bytes, [&](int64_t to, int64_t from) { std::memcpy(dx + to, x + from, bytes); });
}

}  // namespace firesteel
