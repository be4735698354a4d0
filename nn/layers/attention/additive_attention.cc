// SPDX-License-Identifier: Apache-2.0
// AdditiveAttention of a query q over keys k_1, k_2, ...: a_t = softmax over t of
// v . tanh(W q + U k_t + b); y = sum over t of a_t k_t. Bahdanau, Cho and Bengio, "Neural machine
// translation by jointly learning to align and translate", 2015.
#include <algorithm>

#include "backend/kernels/softmax.h"
#include "core/buffer.h"
#include "nn/layer.h"

namespace firesteel {

struct AdditiveAttention final : LayerOf<AdditiveAttention> {
  int64_t query_dim = 0, key_dim = 0, hidden_dim = 0;
  bool bias = true;

  static constexpr auto schema() {
    return Schema{
        "AdditiveAttention",
        "attention",
        "Sums up the steps of the second input by what they have in common with the row of the "
        "first, as a small net says.",
        required("query_dim", &AdditiveAttention::query_dim, "numbers of the first input's row",
                 positive),
        required("key_dim", &AdditiveAttention::key_dim, "numbers of a step of the second input",
                 positive),
        required("hidden_dim", &AdditiveAttention::hidden_dim, "numbers that both are made into",
                 positive),
        attr("bias", &AdditiveAttention::bias, "add a learned bias to these")};
  }
  static Sample sample() {
    return {
        .attrs = {{"query_dim", int64_t{3}}, {"key_dim", int64_t{4}}, {"hidden_dim", int64_t{5}}},
        .in = {{2, 3}, {2, 6, 4}}};
  }

  int least_inputs() const override { return 2; }

  std::vector<ParamSpec> params() const override {
    std::vector<ParamSpec> specs = {
        {.name = "query_weight", .shape = {hidden_dim, query_dim}, .init = Init::fan_in(query_dim)},
        {.name = "key_weight", .shape = {hidden_dim, key_dim}, .init = Init::fan_in(key_dim)},
        {.name = "score_weight", .shape = {hidden_dim}, .init = Init::fan_in(hidden_dim)}};
    if (bias) {
      specs.push_back(
          {.name = "bias", .shape = {hidden_dim}, .init = Init::fan_in(key_dim), .decay = false});
    }
    return specs;
  }

  Shapes infer(const Shapes& in) const override {
    require(in[0].size() == 2 && in[0][1] == query_dim, "input must be rows of ", query_dim,
            " numbers, got ", without_batch(in[0]));
    require(in[1].size() == 3 && in[1][2] == key_dim, "input 1 must be steps of ", key_dim,
            " numbers, got ", without_batch(in[1]));
    return {{in[0][0], key_dim}};
  }

  double flops(const Shapes& in, const Shapes&) const override {
    return 2.0 * static_cast<double>(numel(in[1]) * (hidden_dim + 1) + numel(in[0]) * hidden_dim);
  }

  void prepare(Prepare& p) const override {
    Env env = p.env();
    env.compute = DType::f32;
    int64_t rows = p.in()[0], steps = p.in(1)[1];
    p.keep(std::make_unique<kernels::Softmax>(kernels::softmax(env)));
    auto& query = p.keep(make_inner_product(
        env, {.rows = rows, .inputs = query_dim, .outputs = hidden_dim, .bias = false}));
    auto& keys = p.keep(make_inner_product(
        env, {.rows = rows * steps, .inputs = key_dim, .outputs = hidden_dim, .bias = bias}));
    p.pack(0, query.weights);
    p.pack(1, keys.weights);
    size_t own = bytes(rows * hidden_dim, env.dtype);
    if (p.training()) {
      p.pack(0, query.weights_backward);
      p.pack(1, keys.weights_backward);
      own += bytes(rows * steps, env.dtype) + bytes(rows * steps * hidden_dim, env.dtype);
    }
    p.save(bytes(rows * steps * hidden_dim, env.dtype));  // tanh of the sums
    p.save(bytes(rows * steps, env.dtype));               // the keys' shares
    p.backward_reads_input(0);
    p.backward_reads_input(1);
    p.scratch(own + std::max(query.scratch_bytes, keys.scratch_bytes));
  }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() { forward_as<T>(r); });
  }
  void backward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() { backward_as<T>(r); });
  }

 private:
  enum Op : size_t { kSoftmax, kQuery, kKeys };
  enum Pack : size_t { kQueryWeight, kKeyWeight, kQueryBackward, kKeyBackward };
  enum Slot : size_t { kHidden, kShares };

  static size_t bytes(int64_t numbers, DType type) {
    return whole_lines(static_cast<size_t>(numbers) * size_of(type));
  }
  kernels::SoftmaxRows softmax_rows(const Run& r) const {
    return {.rows = r.rows(), .width = r.in(1)[1]};
  }

  template <class T>
  void forward_as(Run& r) const {
    int64_t steps = r.in(1)[1], width = hidden_dim;
    auto* query = static_cast<T*>(r.scratch());
    void* rest = static_cast<std::byte*>(r.scratch()) + bytes(r.rows() * width, r.dtype());
    auto* hidden = static_cast<T*>(r.saved(kHidden));
    auto* shares = static_cast<T*>(r.saved(kShares));
    auto* v = static_cast<const T*>(r.param(2));
    r.op<InnerProduct>(kQuery).forward(r.x(), r.packed(kQueryWeight), nullptr, query, rest);
    r.op<InnerProduct>(kKeys).forward(r.x(1), r.packed(kKeyWeight), bias ? r.param(3) : nullptr,
                                      hidden, rest);
    for (int64_t i = 0; i < r.rows() * steps; ++i) {
      T *h = hidden + i * width, score = 0;
      const T* q = query + i / steps * width;
      for (int64_t j = 0; j < width; ++j) h[j] = std::tanh(h[j] + q[j]);
      for (int64_t j = 0; j < width; ++j) score += v[j] * h[j];
      shares[i] = score;
    }
    r.op<kernels::Softmax>(kSoftmax).forward(softmax_rows(r), shares);
    auto* y = static_cast<T*>(r.y());
    std::fill_n(y, r.rows() * key_dim, T(0));
    for (int64_t i = 0; i < r.rows() * steps; ++i) {
      const T* k = static_cast<const T*>(r.x(1)) + i * key_dim;
      T* sum = y + i / steps * key_dim;
      for (int64_t j = 0; j < key_dim; ++j) sum[j] += shares[i] * k[j];
    }
  }

  template <class T>
  void backward_as(Run& r) const {
    int64_t steps = r.in(1)[1], width = hidden_dim, count = r.rows() * steps;
    auto* at = static_cast<std::byte*>(r.scratch());
    auto* dquery = reinterpret_cast<T*>(at);
    auto* dscores = reinterpret_cast<T*>(at += bytes(r.rows() * width, r.dtype()));
    auto* dhidden = reinterpret_cast<T*>(at += bytes(count, r.dtype()));
    void* rest = at + bytes(count * width, r.dtype());
    auto* hidden = static_cast<const T*>(r.saved(kHidden));
    auto* shares = static_cast<const T*>(r.saved(kShares));
    auto* keys = static_cast<const T*>(r.x(1));
    auto* dy = static_cast<const T*>(r.dy());
    auto* v = static_cast<const T*>(r.param(2));
    auto* dv = static_cast<T*>(r.dparam(2));
    for (int64_t i = 0; i < count; ++i) {
      dscores[i] = 0;
      const T *d = dy + i / steps * key_dim, *k = keys + i * key_dim;
      for (int64_t j = 0; j < key_dim; ++j) dscores[i] += d[j] * k[j];
    }
    r.op<kernels::Softmax>(kSoftmax).backward(softmax_rows(r), shares, dscores);
    std::fill_n(dv, width, T(0));
    std::fill_n(dquery, r.rows() * width, T(0));
    for (int64_t i = 0; i < count; ++i) {
      const T* h = hidden + i * width;
      T *d = dhidden + i * width, *dq = dquery + i / steps * width;
      for (int64_t j = 0; j < width; ++j) {
        dv[j] += dscores[i] * h[j];
        d[j] = dscores[i] * v[j] * (1 - h[j] * h[j]);
        dq[j] += d[j];
      }
    }
    auto& query = r.op<InnerProduct>(kQuery);
    query.backward_weights(r.x(), dquery, r.dparam(0), nullptr, rest);
    if (r.dx()) query.backward_data(dquery, r.packed(kQueryBackward), r.dx(), rest);
    auto& key = r.op<InnerProduct>(kKeys);
    key.backward_weights(keys, dhidden, r.dparam(1), bias ? r.dparam(3) : nullptr, rest);
    if (!r.dx(1)) return;
    key.backward_data(dhidden, r.packed(kKeyBackward), r.dx(1), rest);
    for (int64_t i = 0; i < count; ++i) {
      const T* d = dy + i / steps * key_dim;
      T* dx = static_cast<T*>(r.dx(1)) + i * key_dim;
      for (int64_t j = 0; j < key_dim; ++j) dx[j] += shares[i] * d[j];
    }
  }
};
FIRESTEEL_LAYER(AdditiveAttention);

}  // namespace firesteel
