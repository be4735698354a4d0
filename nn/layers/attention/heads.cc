// SPDX-License-Identifier: Apache-2.0
#include "nn/layers/attention/heads.h"

#include <algorithm>
#include <cmath>

#include "core/buffer.h"
#include "nn/layers/operand.h"
#include "nn/layers/regularization/mask.h"

namespace firesteel {

Heads::Heads(Prepare& p, const HeadsSpec& spec) : spec_(spec), softmax_(kernels::softmax(p.env())) {
  const Env& env = p.env();
  bool narrow = env.values() != env.dtype, drops = p.training() && spec.dropout > 0;
  auto bytes = [&](DType type) { return static_cast<size_t>(shares()) * size_of(type); };
  if (narrow) {
    narrow_ = make_reorder(env, Layout({shares()}, env.dtype), Layout({shares()}, env.values()));
    copy_bytes_ = whole_lines(bytes(env.values()));
  }
  shares_bytes_ = whole_lines(bytes(env.dtype));
  p.save(bytes(env.dtype));
  p.save(drops || narrow ? bytes(env.values()) : 0);
  p.save(drops ? static_cast<size_t>(shares()) : 0);  // the mask
  make_products(env);
}

void Heads::make_products(const Env& env) {
  using Matrix = MatMulSpec::Matrix;
  const HeadsSpec& s = spec_;
  auto flip = [](const Matrix& m) { return Matrix{m.column, m.row, m.batch}; };
  auto head = [](int64_t step, int64_t steps, int64_t width) {
    return Matrix{step, 1, {steps * step, width}};
  };
  MatMulSpec product{.batch = {s.rows, s.heads}};
  auto make = [&](int64_t m, int64_t n, int64_t k, const Matrix& a, const Matrix& b,
                  const Matrix& dst) {
    product.m = m, product.n = n, product.k = k;
    product.a = a, product.b = b, product.dst = dst;
    auto op = make_matmul(env, product);
    products_ = std::max(products_, op->scratch_bytes);
    return op;
  };
  Matrix q = head(s.q_step, s.queries, s.width), k = head(s.k_step, s.keys, s.width);
  Matrix v = head(s.v_step, s.keys, s.value_width);
  Matrix y = head(s.heads * s.value_width, s.queries, s.value_width);
  Matrix shares{s.keys, 1, {s.heads * s.queries * s.keys, s.queries * s.keys}};
  mix_ = make(s.queries, s.value_width, s.keys, shares, v, y);
  product.wide_dst = true;
  scores_ = make(s.queries, s.keys, s.width, q, flip(k), shares);
  if (!env.training) return;
  diff_shares_ = make(s.queries, s.keys, s.value_width, y, flip(v), shares);
  product.wide_dst = false;
  diff_q_ = make(s.queries, s.width, s.keys, shares, k, q);
  diff_v_ = make(s.keys, s.value_width, s.queries, flip(shares), y, v);
  product.accumulate = s.one_gradient;
  diff_k_ = make(s.keys, s.width, s.queries, flip(shares), q, k);
}

kernels::SoftmaxRows Heads::softmax_rows(const int64_t* lengths) const {
  return {.rows = spec_.rows * spec_.heads * spec_.queries,
          .width = spec_.keys,
          .scale = 1 / std::sqrt(static_cast<double>(spec_.width)),
          .causal = spec_.causal,
          .lengths = lengths,
          .group = spec_.heads * spec_.queries};
}

const void* Heads::kept(Run& r) {
  void *all = r.saved(spec_.slot), *copy = r.saved(spec_.slot + 1);
  if (!drops(r)) return operand(narrow_, all, copy);
  auto* mask = static_cast<uint8_t*>(r.saved(spec_.slot + 2));
  draw_mask(r, shares() / spec_.rows, spec_.dropout, mask);
  by_types(r, [&]<class T, class Value>() {
    apply_mask<T, Value>(mask, spec_.dropout, all, copy, shares());
  });
  return copy;
}

void Heads::forward(Run& r, const Values& x, const int64_t* lengths, void* y, void* scratch) {
  void* all = r.saved(spec_.slot);
  scores_->run(x.q, x.k, all, scratch);
  softmax_.forward(softmax_rows(lengths), all);
  mix_->run(kept(r), x.v, y, scratch);
}

void Heads::backward(Run& r, const Values& x, const int64_t* lengths, const void* dy,
                     const Gradients& dx, void* scratch) {
  auto* diff = static_cast<std::byte*>(scratch);
  std::byte *copy = diff + shares_bytes_, *rest = copy + copy_bytes_;
  const void* all = r.saved(spec_.slot);
  const void* mixed_by = drops(r) || narrow_ ? r.saved(spec_.slot + 1) : all;
  if (dx.v) diff_v_->run(mixed_by, dy, dx.v, rest);
  if (!dx.q && !dx.k) return;
  diff_shares_->run(dy, x.v, diff, rest);
  if (drops(r)) {
    auto* mask = static_cast<const uint8_t*>(r.saved(spec_.slot + 2));
    by_dtype(r.dtype(),
             [&]<class T>() { apply_mask<T, T>(mask, spec_.dropout, diff, diff, shares()); });
  }
  softmax_.backward(softmax_rows(lengths), all, diff);
  const void* dscores = operand(narrow_, diff, copy);
  if (dx.q) diff_q_->run(dscores, x.k, dx.q, rest);
  if (dx.k) diff_k_->run(dscores, x.q, dx.k, rest);
}

}  // namespace firesteel
