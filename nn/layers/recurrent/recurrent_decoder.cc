// SPDX-License-Identifier: Apache-2.0
// RecurrentDecoder: a recurrent cell that reads what it gave out before: x_1 is the input, x_t+1 =
// h_t, for so many steps. Products are made of f32.
#include "nn/layers/recurrent/recurrent.h"

namespace firesteel {

namespace rules {
struct CellName {
  static std::string text() { return "must be lstm, gru or rnn"; }
  constexpr bool operator()(const std::string& name) const {
    return name == "lstm" || name == "gru" || name == "rnn";
  }
};
}  // namespace rules
inline constexpr rules::CellName known_cell;

struct RecurrentDecoder final : LayerOf<RecurrentDecoder> {
  int64_t hidden_size = 0, length = 0;
  std::string cell_name = "lstm";
  bool bias = true;

  static constexpr auto schema() {
    return Schema{
        "RecurrentDecoder",
        "recurrent",
        "Makes steps of one row of numbers: a cell whose output is its next input.",
        required("hidden_size", &RecurrentDecoder::hidden_size,
                 "numbers of the input, of the state and of each step", positive),
        required("steps", &RecurrentDecoder::length, "how many steps it makes", positive),
        attr("cell", &RecurrentDecoder::cell_name, "lstm, gru or rnn (with tanh)", known_cell),
        attr("bias", &RecurrentDecoder::bias, "add learned biases")};
  }
  static Sample sample() {
    return {
        .attrs = {{"hidden_size", int64_t{4}}, {"steps", int64_t{3}}, {"cell", std::string("gru")}},
        .in = {{2, 4}}};
  }

  std::vector<ParamSpec> params() const override {
    Init init = Init::fan_in(hidden_size);
    int64_t rows = cell().gates * hidden_size;
    std::vector<ParamSpec> specs;
    for (const char* name : {"weight_ih", "weight_hh"}) {
      specs.push_back({.name = name, .shape = {rows, hidden_size}, .init = init});
    }
    for (const char* name : {"bias_ih", "bias_hh"}) {
      if (bias) specs.push_back({.name = name, .shape = {rows}, .init = init, .decay = false});
    }
    return specs;
  }

  Shapes infer(const Shapes& in) const override {
    require(in[0].size() == 2 && in[0][1] == hidden_size, "input must be rows of ", hidden_size,
            " numbers, got ", without_batch(in[0]));
    return {{in[0][0], length, hidden_size}};
  }

  double flops(const Shapes& in, const Shapes&) const override {
    return 4.0 * static_cast<double>(numel(in[0]) * length * cell().gates * hidden_size);
  }

  void prepare(Prepare& p) const override;
  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() { forward_as<T>(r); });
  }
  void backward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() { backward_as<T>(r); });
  }

 private:
  enum Op : size_t {
    kCell,
    kStep,
    kAll
  };  // the product of a step, and for both weights' gradients
  enum Pack : size_t { kIh, kHh, kIhBackward, kHhBackward };
  // Steps first. Inputs; gates; states, from the one before the first step on; cells likewise;
  // sums.
  enum Slot : size_t { kX, kGates, kH, kC, kSums };

  CellKind cell() const {
    return cell_name == "lstm" ? kLstm : cell_name == "gru" ? kGru : kRnnTanh;
  }
  template <class T>
  kernels::RecurrentStep step(const Run& r, int64_t s) const;
  template <class T>
  void forward_as(Run& r) const;
  template <class T>
  void backward_as(Run& r) const;
};
FIRESTEEL_LAYER(RecurrentDecoder);

void RecurrentDecoder::prepare(Prepare& p) const {
  Env env = p.env();
  env.compute = DType::f32;
  int64_t rows = p.in()[0], state = rows * hidden_size, width = cell().gates * hidden_size;
  p.keep(std::make_unique<kernels::Cell>(kernels::recurrent(env).*(cell().kernel)));
  auto product = [&](int64_t count) -> InnerProduct& {
    return p.keep(make_inner_product(
        env, {.rows = count, .inputs = hidden_size, .outputs = width, .bias = bias}));
  };
  auto& one = product(rows);
  size_t products = one.scratch_bytes;
  p.pack(0, one.weights);
  p.pack(1, one.weights);
  if (p.training()) {
    p.pack(0, one.weights_backward);
    p.pack(1, one.weights_backward);
    products = std::max(products, product(length * rows).scratch_bytes);
  }
  auto bytes = [&](int64_t count) { return static_cast<size_t>(count) * size_of(env.dtype); };
  p.save(bytes(length * state));
  p.save(bytes(length * rows * width));
  p.save(bytes((length + 1) * state));
  p.save(cell().has_c ? bytes((length + 1) * state) : 0);
  p.save(bytes(length * rows * width));
  p.scratch(whole_lines(bytes(3 * state)) + products);
}

template <class T>
kernels::RecurrentStep RecurrentDecoder::step(const Run& r, int64_t s) const {
  int64_t rows = r.rows(), state = rows * hidden_size, width = cell().gates * state;
  auto* h = static_cast<T*>(r.saved(kH)) + s * state;
  auto* c = static_cast<T*>(r.saved(kC)) + s * state;
  kernels::RecurrentStep step{.rows = rows, .hidden = hidden_size};
  step.gates = static_cast<T*>(r.saved(kGates)) + s * width;
  step.sums = static_cast<T*>(r.saved(kSums)) + s * width;
  step.h_before = h;
  step.h = h + state;
  if (cell().has_c) {
    step.c_before = c;
    step.c = c + state;
  }
  return step;
}

template <class T>
void RecurrentDecoder::forward_as(Run& r) const {
  int64_t rows = r.rows(), state = rows * hidden_size;
  auto& product = r.op<InnerProduct>(kStep);
  auto* x = static_cast<T*>(r.saved(kX));
  auto* h = static_cast<T*>(r.saved(kH));
  void* rest = static_cast<std::byte*>(r.scratch()) +
               whole_lines(static_cast<size_t>(3 * state) * sizeof(T));
  std::fill_n(h, state, T(0));
  if (cell().has_c) std::fill_n(static_cast<T*>(r.saved(kC)), state, T(0));
  std::copy_n(static_cast<const T*>(r.x()), state, x);
  for (int64_t s = 0; s < length; ++s, x += state) {
    auto now = step<T>(r, s);
    if (s > 0) std::copy_n(static_cast<const T*>(now.h_before), state, x);
    product.forward(x, r.packed(kIh), bias ? r.param(2) : nullptr, now.gates, rest);
    product.forward(now.h_before, r.packed(kHh), bias ? r.param(3) : nullptr, now.sums, rest);
    r.op<kernels::Cell>(kCell).forward(now);
    auto* out = static_cast<const T*>(now.h);
    for (int64_t n = 0; n < rows; ++n) {
      std::copy_n(out + n * hidden_size, hidden_size,
                  static_cast<T*>(r.y()) + (n * length + s) * hidden_size);
    }
  }
}

template <class T>
void RecurrentDecoder::backward_as(Run& r) const {
  int64_t rows = r.rows(), state = rows * hidden_size;
  auto& product = r.op<InnerProduct>(kStep);
  auto* dh = static_cast<T*>(r.scratch());
  auto* dc = dh + state;
  auto* back = dc + state;  // what comes back by a product
  void* rest = static_cast<std::byte*>(r.scratch()) +
               whole_lines(static_cast<size_t>(3 * state) * sizeof(T));
  size_t sums_slot = cell().own_sums ? kSums : kGates;
  auto* dy = static_cast<const T*>(r.dy());
  auto add_back = [&] {
    for (int64_t i = 0; i < state; ++i) dh[i] += back[i];
  };
  std::fill_n(dh, 2 * state, T(0));
  for (int64_t s = length; s-- > 0;) {
    for (int64_t n = 0; n < rows; ++n) {
      const T* from = dy + (n * length + s) * hidden_size;
      for (int64_t j = 0; j < hidden_size; ++j) dh[n * hidden_size + j] += from[j];
    }
    auto now = step<T>(r, s);
    now.dh = dh;
    now.dc = dc;
    r.op<kernels::Cell>(kCell).backward(now);
    if (s == 0) break;
    // The state before was read as the input too.
    if (!cell().own_sums) std::fill_n(dh, state, T(0));
    product.backward_data(now.gates, r.packed(kIhBackward), back, rest);
    add_back();
    product.backward_data(cell().own_sums ? now.sums : now.gates, r.packed(kHhBackward), back,
                          rest);
    add_back();
  }
  auto& all = r.op<InnerProduct>(kAll);
  all.backward_weights(r.saved(kX), r.saved(kGates), r.dparam(0), bias ? r.dparam(2) : nullptr,
                       rest);
  all.backward_weights(r.saved(kH), r.saved(sums_slot), r.dparam(1), bias ? r.dparam(3) : nullptr,
                       rest);
  if (r.dx()) product.backward_data(r.saved(kGates), r.packed(kIhBackward), r.dx(), rest);
}

}  // namespace firesteel
