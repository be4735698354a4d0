// SPDX-License-Identifier: Apache-2.0
#include "nn/layers/recurrent/recurrent.h"

namespace firesteel {

void RecurrentLayer::prepare(Prepare& p) const {
  const Env& env = p.env();
  int64_t rows = p.in()[0], steps = p.in()[1], width = gates() * hidden_size;
  p.keep(std::make_unique<kernels::Cell>(cell(kernels::recurrent(env))));
  auto product = [&](int64_t count, int64_t inputs) -> InnerProduct& {
    return p.keep(
        make_inner_product(env, {.rows = count, .inputs = inputs, .outputs = width, .bias = bias}));
  };
  auto& from_x = product(steps * rows, input_size);
  auto& from_h = product(rows, hidden_size);
  size_t products = std::max(from_x.scratch_bytes, from_h.scratch_bytes);
  p.pack(0, from_x.weights);
  p.pack(1, from_h.weights);
  if (p.training()) {
    p.pack(1, from_h.weights_backward);
    p.pack(0, from_x.weights_backward);
    products = std::max(products, product(steps * rows, hidden_size).scratch_bytes);
  }

  auto bytes = [&](int64_t count) { return static_cast<size_t>(count) * size_of(env.dtype); };
  int64_t states = (steps + 1) * rows * hidden_size;
  p.save(bytes(steps * rows * input_size));
  p.save(bytes(steps * rows * width));
  p.save(bytes(states));
  p.save(bytes(has_cell() ? states : steps * rows * width));
  p.scratch(own_scratch(rows, env.dtype) + products);
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
  auto& from_h = r.op<InnerProduct>(kFromH);
  auto* x = static_cast<const T*>(r.x());
  auto* y = static_cast<T*>(r.y());
  auto* steps_x = static_cast<T*>(r.saved(kX));
  auto* h = static_cast<T*>(r.saved(kH));
  auto* rest = static_cast<std::byte*>(r.scratch()) + own_scratch(rows, r.dtype());
  each_step(r, input_size,
            [&](int64_t from, int64_t to) { std::copy_n(x + from, input_size, steps_x + to); });
  r.op<InnerProduct>(kFromX).forward(steps_x, r.packed(kIh), bias ? r.param(2) : nullptr,
                                     r.saved(kGates), rest);
  std::fill_n(h, state, T(0));
  if (has_cell()) std::fill_n(static_cast<T*>(r.saved(kCellOrSums)), state, T(0));
  for (int64_t s = 0; s < steps; ++s) {
    auto now = step<T>(r, s);
    from_h.forward(now.h_before, r.packed(kHh), bias ? r.param(3) : nullptr, now.sums, rest);
    r.op<kernels::Cell>(kCell).forward(now);
    each_ended(r, s, [&](int64_t n) {
      copy_row<T>(now.h_before, now.h, n, hidden_size);
      if (has_cell()) copy_row<T>(now.c_before, now.c, n, hidden_size);
    });
  }
  if (!return_sequences) {
    std::copy_n(h + steps * state, state, y);
    return;
  }
  each_step(r, hidden_size,
            [&](int64_t to, int64_t from) { std::copy_n(h + state + from, hidden_size, y + to); });
}

template <class T>
void RecurrentLayer::backward_as(Run& r) const {
  int64_t rows = r.rows(), steps = r.in()[1], state = rows * hidden_size;
  auto& from_x = r.op<InnerProduct>(kFromX);
  auto* dy = static_cast<const T*>(r.dy());
  auto* dh = static_cast<T*>(r.scratch());
  auto* dc = dh + state;
  auto* kept = dc + state;  // dh and dc of rows that have ended
  auto* from_sums = has_cell() ? dh : kept + 2 * state;  // what h gets by the sums
  auto* rest = static_cast<std::byte*>(r.scratch()) + own_scratch(rows, r.dtype());
  auto* dsums = static_cast<T*>(r.saved(has_cell() ? kGates : kCellOrSums));
  std::fill_n(dh, 2 * state, T(0));
  for (int64_t s = steps; s-- > 0;) {
    int64_t t = time_of(s, steps);
    for (int64_t n = 0; n < rows && (return_sequences || s == steps - 1); ++n) {
      const T* from = dy + (return_sequences ? n * steps + t : n) * hidden_size;
      for (int64_t j = 0; j < hidden_size; ++j) dh[n * hidden_size + j] += from[j];
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
    if (s == 0) break;
    r.op<InnerProduct>(kFromH).backward_data(dsums + s * gates() * state, r.packed(kHhBackward),
                                             from_sums, rest);
    for (int64_t i = 0; i < state && from_sums != dh; ++i) dh[i] += from_sums[i];
    keep(kept, dh);
  }
  auto* x = static_cast<T*>(r.saved(kX));
  from_x.backward_weights(x, r.saved(kGates), r.dparam(0), bias ? r.dparam(2) : nullptr, rest);
  r.op<InnerProduct>(kWeightHh).backward_weights(r.saved(kH), dsums, r.dparam(1),
                                                 bias ? r.dparam(3) : nullptr, rest);
  if (!r.dx()) return;
  auto* dx = static_cast<T*>(r.dx());
  from_x.backward_data(r.saved(kGates), r.packed(kIhBackward), x, rest);  // x has been read
  each_step(r, input_size,
            [&](int64_t to, int64_t from) { std::copy_n(x + from, input_size, dx + to); });
}

}  // namespace firesteel
