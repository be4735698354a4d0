// SPDX-License-Identifier: Apache-2.0
#include "nn/layers/recurrent/conv_lstm.h"

namespace firesteel {

void ConvLSTMLayer::check() const {
  auto odd = [](const Dims& kernel) {
    return std::all_of(kernel.begin(), kernel.end(), [](int64_t k) { return k % 2 == 1; });
  };
  require<AttrError>(odd(kernel_size), kind(), ".kernel_size: must be odd, got ", kernel_size);
  require<AttrError>(odd(state_kernel_size), kind(), ".state_kernel_size: must be odd, got ",
                     state_kernel_size);
}

std::vector<ParamSpec> ConvLSTMLayer::params() const {
  int64_t rows = 4 * hidden_channels;
  auto weight = [&](const char* name, int64_t channels, const Dims& kernel) {
    Shape shape = {rows, channels};
    shape.insert(shape.end(), kernel.begin(), kernel.end());
    return ParamSpec{.name = name, .shape = shape, .init = Init::fan_in(channels * numel(kernel))};
  };
  std::vector<ParamSpec> specs = {weight("weight_ih", in_channels, input_kernel()),
                                  weight("weight_hh", hidden_channels, state_kernel())};
  Init init = specs[0].init;
  if (bias) specs.push_back({.name = "bias", .shape = {rows}, .init = init, .decay = false});
  if (peepholes) {
    specs.push_back({.name = "weight_peephole", .shape = {3, hidden_channels}, .init = init});
  }
  return specs;
}

Shapes ConvLSTMLayer::infer(const Shapes& in) const {
  require(in[0].size() == dimensions() + 3 && in[0][2] == in_channels, "input must be steps of ",
          in_channels, " channels x ", dimensions(), " extents, got ", without_batch(in[0]));
  Shape out = in[0];
  out[2] = hidden_channels;
  if (!return_sequences) out.erase(out.begin() + 1);
  return {out};
}

double ConvLSTMLayer::flops(const Shapes& in, const Shapes&) const {
  int64_t products = in_channels * numel(input_kernel()) + hidden_channels * numel(state_kernel());
  return 8.0 * static_cast<double>(in[0][0] * in[0][1] * state_of(in[0]) * products);
}

ConvSpec ConvLSTMLayer::convolution(const Shape& in, int64_t images, int64_t channels,
                                    const Dims& kernel, bool with_bias) const {
  Dims one(dimensions(), 1), padding;
  for (int64_t k : kernel) padding.push_back(k / 2);
  Shape src = {images, channels}, dst = {images, 4 * hidden_channels};
  src.insert(src.end(), in.begin() + 3, in.end());
  dst.insert(dst.end(), in.begin() + 3, in.end());
  return {.src = src,
          .dst = dst,
          .kernel = kernel,
          .stride = one,
          .padding = padding,
          .dilation = one,
          .bias = with_bias};
}

void ConvLSTMLayer::prepare(Prepare& p) const {
  Env env = p.env();
  env.compute = DType::f32;
  int64_t rows = p.in()[0], all = rows * p.in()[1], states = rows * state_of(p.in());
  p.keep(std::make_unique<kernels::Cell>(peepholes ? kernels::recurrent(env).lstm_peepholes
                                                   : kernels::recurrent(env).lstm));
  size_t most = 0;
  auto convolve = [&](int64_t images, int64_t channels, const Dims& kernel,
                      bool with_bias) -> PlainConv& {
    auto& op = p.keep(
        std::make_unique<PlainConv>(env, convolution(p.in(), images, channels, kernel, with_bias)));
    most = std::max(most, op.scratch_bytes());
    return op;
  };
  auto& from_x = convolve(all, in_channels, input_kernel(), bias);
  auto& from_h = convolve(rows, hidden_channels, state_kernel(), false);
  p.pack(0, from_x.weights());
  p.pack(1, from_h.weights());
  if (p.training()) {
    p.pack(1, from_h.weights_backward());
    p.pack(0, from_x.weights_backward());
    convolve(all, hidden_channels, state_kernel(), false);
  }
  auto bytes = [&](int64_t count) { return static_cast<size_t>(count) * size_of(env.dtype); };
  int64_t steps = p.in()[1];
  p.save(bytes(numel(p.in())));
  p.save(bytes(steps * 4 * states));
  p.save(bytes((steps + 1) * states));
  p.save(bytes((steps + 1) * states));
  p.scratch(own_scratch(p.in(), env.dtype) + most);
}

template <class T>
void ConvLSTMLayer::spread_peepholes(Run& r) const {
  int64_t plane = positions(r.in());
  if (!peepholes) return;
  auto* from = static_cast<const T*>(r.param(peepholes_param()));
  auto* to = peepholes_of_all<T>(r);
  for (int64_t i = 0; i < 3 * hidden_channels; ++i) std::fill_n(to + i * plane, plane, from[i]);
}

template <class T>
kernels::RecurrentStep ConvLSTMLayer::step(const Run& r, int64_t s) const {
  int64_t rows = r.rows(), hidden = state_of(r.in()), states = rows * hidden;
  auto* h = static_cast<T*>(r.saved(kH)) + s * states;
  auto* c = static_cast<T*>(r.saved(kC)) + s * states;
  return {.rows = rows,
          .hidden = hidden,
          .gates = static_cast<T*>(r.saved(kGates)) + s * 4 * states,
          .sums = r.scratch(),
          .h_before = h,
          .h = h + states,
          .c_before = c,
          .c = c + states,
          .peepholes = peepholes ? peepholes_of_all<T>(r) : nullptr};
}

template <class T>
void ConvLSTMLayer::forward_as(Run& r) const {
  int64_t rows = r.rows(), steps = r.in()[1], hidden = state_of(r.in()), states = rows * hidden;
  void* rest = static_cast<std::byte*>(r.scratch()) + own_scratch(r.in(), r.dtype());
  auto* h = static_cast<T*>(r.saved(kH));
  auto step_bytes = static_cast<size_t>(numel(r.in()) / (rows * steps)) * sizeof(T);
  spread_peepholes<T>(r);
  steps_first(r, step_bytes, r.x(), r.saved(kX));
  r.op<PlainConv>(kFromX).forward(r.saved(kX), r.packed(kIh), bias ? r.param(2) : nullptr,
                                  r.saved(kGates), rest);
  std::fill_n(h, states, T(0));
  std::fill_n(static_cast<T*>(r.saved(kC)), states, T(0));
  for (int64_t s = 0; s < steps; ++s) {
    auto now = step<T>(r, s);
    r.op<PlainConv>(kFromH).forward(now.h_before, r.packed(kHh), nullptr, now.sums, rest);
    r.op<kernels::Cell>(kCell).forward(now);
    each_ended(r, s, [&](int64_t n) {
      copy_row<T>(now.h_before, now.h, n, hidden);
      copy_row<T>(now.c_before, now.c, n, hidden);
    });
  }
  auto state_bytes = static_cast<size_t>(hidden) * sizeof(T);
  if (return_sequences) return rows_first(r, state_bytes, h + states, r.y());
  std::copy_n(h + steps * states, states, static_cast<T*>(r.y()));
}

template <class T>
void ConvLSTMLayer::backward_as(Run& r) const {
  int64_t rows = r.rows(), steps = r.in()[1], hidden = state_of(r.in()), states = rows * hidden;
  void* rest = static_cast<std::byte*>(r.scratch()) + own_scratch(r.in(), r.dtype());
  auto* dh = static_cast<T*>(r.scratch());
  auto* dc = dh + states;
  auto* kept = dc + states;  // dh and dc of rows that have ended
  spread_peepholes<T>(r);
  std::fill_n(dh, 2 * states, T(0));
  for (int64_t s = steps; s-- > 0;) {
    add_output_gradient<T, T>(r, s, hidden, dh);
    auto now = step<T>(r, s);
    now.dh = dh;
    now.dc = dc;
    auto keep = [&](T* from, T* to) {
      each_ended(r, s, [&](int64_t n) {
        copy_row<T>(from, to, n, hidden);
        copy_row<T>(from + states, to + states, n, hidden);
      });
    };
    keep(dh, kept);
    r.op<kernels::Cell>(kCell).backward(now);
    each_ended(r, s, [&](int64_t n) { clear_row<T>(now.gates, n, 4 * hidden); });
    if (s == 0) break;
    r.op<PlainConv>(kFromH).backward_data(now.gates, r.packed(kHhBackward), dh, rest);
    keep(kept, dh);
  }
  auto& from_x = r.op<PlainConv>(kFromX);
  void* dgates = r.saved(kGates);
  from_x.backward_weights(r.saved(kX), dgates, r.dparam(0), bias ? r.dparam(2) : nullptr, rest);
  r.op<PlainConv>(kWeightHh).backward_weights(r.saved(kH), dgates, r.dparam(1), nullptr, rest);
  if (peepholes) backward_peepholes<T>(r);
  if (!r.dx()) return;
  from_x.backward_data(dgates, r.packed(kIhBackward), r.saved(kX), rest);  // x has been read
  auto step_bytes = static_cast<size_t>(numel(r.in()) / (rows * steps)) * sizeof(T);
  rows_first(r, step_bytes, r.saved(kX), r.dx());
}

template <class T>
void ConvLSTMLayer::backward_peepholes(Run& r) const {
  int64_t plane = positions(r.in()), hidden = state_of(r.in()), rows = r.rows();
  auto* each = peepholes_of_all<T>(r);  // their own have been read
  auto* c = static_cast<const T*>(r.saved(kC));
  std::fill_n(each, 3 * hidden, T(0));
  peephole_gradients(rows * r.in()[1], hidden, static_cast<const T*>(r.saved(kGates)), c,
                     c + rows * hidden, each);
  auto* to = static_cast<T*>(r.dparam(peepholes_param()));
  for (int64_t i = 0; i < 3 * hidden_channels; ++i, each += plane) {
    T sum = 0;
    for (int64_t j = 0; j < plane; ++j) sum += each[j];
    to[i] = sum;
  }
}

}  // namespace firesteel
