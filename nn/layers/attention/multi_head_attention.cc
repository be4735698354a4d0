// SPDX-License-Identifier: Apache-2.0
// MultiHeadAttention of a sequence with itself: q, k, v = x W_in^T + b_in; of each head
// softmax(q k^T / sqrt(d)) v, side by side; y = those W_out^T + b_out. Vaswani et al., "Attention is
// all you need", 2017.
//
// With values of bf16 products are made of them, and scores and their softmax are f32.
#include "backend/kernels/softmax.h"
#include "core/buffer.h"
#include "nn/layer.h"
#include "nn/layers/operand.h"
#include "nn/layers/regularization/mask.h"

namespace firesteel {

struct MultiHeadAttention final : LayerOf<MultiHeadAttention> {
  int64_t embed_dim = 0, num_heads = 1;
  float dropout = 0;
  bool bias = true, causal = false;

  static constexpr auto schema() {
    return Schema{
        "MultiHeadAttention",
        "attention",
        "Mixes the steps of each row by what they have in common.",
        required("embed_dim", &MultiHeadAttention::embed_dim, "numbers of a step", positive),
        required("num_heads", &MultiHeadAttention::num_heads, "heads; divides embed_dim", positive),
        attr("dropout", &MultiHeadAttention::dropout,
             "probability of leaving out a step, for each pair of steps", fraction),
        attr("bias", &MultiHeadAttention::bias, "add learned biases"),
        attr("causal", &MultiHeadAttention::causal, "no step sees those after it")};
  }
  static Sample sample() {
    return {.attrs = {{"embed_dim", int64_t{6}},
                      {"num_heads", int64_t{2}},
                      {"dropout", 0.3},
                      {"causal", true}},
            .in = {{2, 4, 6}}};
  }

  void check() const override {
    require<AttrError>(embed_dim % num_heads == 0,
                       "MultiHeadAttention.num_heads: must divide embed_dim, got ", num_heads,
                       " for ", embed_dim);
  }

  std::vector<ParamSpec> params() const override {
    int64_t d = embed_dim;
    // Glorot and Bengio, 2010.
    Init glorot = Init::uniform(std::sqrt(6.0f / static_cast<float>(4 * d)));
    std::vector<ParamSpec> specs = {
        {.name = "in_proj_weight", .shape = {3 * d, d}, .init = glorot},
        {.name = "out_proj.weight", .shape = {d, d}, .init = Init::fan_in(d)}};
    if (bias) {
      specs.push_back({.name = "in_proj_bias", .shape = {3 * d}, .decay = false});
      specs.push_back({.name = "out_proj.bias", .shape = {d}, .decay = false});
    }
    return specs;
  }

  Shapes infer(const Shapes& in) const override {
    require(in[0].size() == 3 && in[0][2] == embed_dim, "input must be steps of ", embed_dim,
            " numbers, got ", without_batch(in[0]));
    return {in[0]};
  }

  Steps steps(const Shape&) const override { return Steps::followed; }

  // Four projections, and the products of queries with keys and of their weights with values.
  double flops(const Shapes& in, const Shapes&) const override {
    return 2.0 * static_cast<double>(numel(in[0]) * (4 * embed_dim + 2 * in[0][1]));
  }

  void prepare(Prepare& p) const override;
  void forward(Run& r) const override {
    by_types(r, [&]<class T, class Value>() { forward_as<T, Value>(r); });
  }
  void backward(Run& r) const override {
    by_types(r, [&]<class T, class Value>() { backward_as<T, Value>(r); });
  }

 private:
  enum Op : size_t {
    kSoftmax,
    kIn,
    kOut,
    kNarrow,
    kScores,
    kMix,
    kDiffKept,
    kDiffV,
    kDiffQ,
    kDiffK
  };
  enum Pack : size_t { kInWeight, kOutWeight, kInBackward, kOutBackward };
  enum Slot : size_t { kQkv, kShares, kKept, kMixed, kMask };

  // Sizes for a batch: numbers of x, and of the steps' shares in each other.
  struct Sizes {
    int64_t x, shares;
  };
  Sizes sizes(const Shape& in) const { return {numel(in), in[0] * num_heads * in[1] * in[1]}; }
  kernels::SoftmaxRows softmax_rows(const Run& r) const {
    int64_t steps = r.in()[1], group = num_heads * steps, head = embed_dim / num_heads;
    return {.rows = r.rows() * group,
            .width = steps,
            .scale = 1 / std::sqrt(static_cast<double>(head)),
            .causal = causal,
            .lengths = r.padded() ? r.batch().lengths.data() : nullptr,
            .group = group};
  }
  // Backward's own scratch: the gradients of what is mixed, of q, k and v, and of the shares.
  struct Scratch {
    std::byte *mixed, *qkv, *shares, *copy, *rest;
    size_t bytes;
  };
  Scratch scratch(const Shape& in, DType dtype, DType values, void* base) const {
    auto [x, shares] = sizes(in);
    auto bytes = [](int64_t n, DType type) {
      return whole_lines(static_cast<size_t>(n) * size_of(type));
    };
    size_t qkv = bytes(x, values), share = qkv + bytes(3 * x, values);
    size_t copy = share + bytes(shares, dtype);
    size_t end = copy + (values == dtype ? 0 : bytes(shares, values));
    auto* at = static_cast<std::byte*>(base);
    return {at, at + qkv, at + share, at + copy, at + end, end};
  }
  // Of the shares of all steps; null where products read what softmax writes.
  using Narrow = std::unique_ptr<Reorder>;

  template <class T, class Value>
  void forward_as(Run& r) const;
  template <class T, class Value>
  void backward_as(Run& r) const;
};
FIRESTEEL_LAYER(MultiHeadAttention);

void MultiHeadAttention::prepare(Prepare& p) const {
  const Env& env = p.env();
  int64_t rows = p.in()[0], steps = p.in()[1], d = embed_dim / num_heads;
  p.want(0, p.plain_values(p.in()));
  p.set_output(0, p.plain_values(p.out()));
  p.keep(std::make_unique<kernels::Softmax>(kernels::softmax(env)));
  auto& in = p.keep(make_inner_product(
      env, {.rows = rows * steps, .inputs = embed_dim, .outputs = 3 * embed_dim, .bias = bias}));
  auto& out = p.keep(make_inner_product(
      env, {.rows = rows * steps, .inputs = embed_dim, .outputs = embed_dim, .bias = bias}));
  size_t products = std::max(in.scratch_bytes, out.scratch_bytes);
  auto [x, count] = sizes(p.in());
  bool narrow = env.values() != env.dtype;
  auto& narrowed = p.keep(std::make_unique<Narrow>());
  if (narrow) {
    narrowed = make_reorder(env, Layout({count}, env.dtype), Layout({count}, env.values()));
  }
  p.pack(0, in.weights);
  p.pack(1, out.weights);

  using Matrix = MatMulSpec::Matrix;
  auto flip = [](const Matrix& m) { return Matrix{m.column, m.row, m.batch}; };
  auto multiply = [&](int64_t m, int64_t n, int64_t k, const Matrix& a, const Matrix& b,
                      const Matrix& dst, bool wide = false) {
    auto& op = p.keep(make_matmul(env, {.batch = {rows, num_heads},
                                        .m = m,
                                        .n = n,
                                        .k = k,
                                        .a = a,
                                        .b = b,
                                        .dst = dst,
                                        .wide_dst = wide}));
    products = std::max(products, op.scratch_bytes);
  };
  Matrix head{3 * embed_dim, 1, {steps * 3 * embed_dim, d}};  // of q, k or v
  Matrix mixed{embed_dim, 1, {steps * embed_dim, d}};
  Matrix shares{steps, 1, {num_heads * steps * steps, steps * steps}};
  multiply(steps, steps, d, head, flip(head), shares, true);
  multiply(steps, d, steps, shares, head, mixed);
  size_t own = 0;
  if (p.training()) {
    p.pack(0, in.weights_backward);
    p.pack(1, out.weights_backward);
    multiply(steps, steps, d, mixed, flip(head), shares, true);
    multiply(steps, d, steps, flip(shares), mixed, head);
    multiply(steps, d, steps, shares, head, head);
    multiply(steps, d, steps, flip(shares), head, head);
    own = scratch(p.in(), env.dtype, env.values(), nullptr).bytes;
    p.backward_reads_input();
  }

  auto bytes = [](int64_t n, DType type) { return static_cast<size_t>(n) * size_of(type); };
  bool drops = p.training() && dropout > 0;
  p.save(bytes(3 * x, env.values()));
  p.save(bytes(count, env.dtype));
  p.save(drops || narrow ? bytes(count, env.values()) : 0);
  p.save(bytes(x, env.values()));
  p.save(drops ? static_cast<size_t>(count) : 0);
  p.scratch(own + products);
}

template <class T, class Value>
void MultiHeadAttention::forward_as(Run& r) const {
  auto* qkv = static_cast<Value*>(r.saved(kQkv));
  void* shares = r.saved(kShares);
  void* scratch = r.scratch();
  r.op<InnerProduct>(kIn).forward(r.x(), r.packed(kInWeight), bias ? r.param(2) : nullptr, qkv,
                                  scratch);
  r.op<MatMul>(kScores).run(qkv, qkv + embed_dim, shares, scratch);
  r.op<kernels::Softmax>(kSoftmax).forward(softmax_rows(r), shares);
  const void* kept = nullptr;
  if (r.training() && dropout > 0) {
    kept = r.saved(kKept);
    int64_t count = sizes(r.in()).shares;
    auto* mask = static_cast<uint8_t*>(r.saved(kMask));
    draw_mask(r, count / r.rows(), dropout, mask);
    apply_mask<T, Value>(mask, dropout, shares, r.saved(kKept), count);
  } else {
    kept = operand(r.op<Narrow>(kNarrow), shares, r.saved(kKept));
  }
  r.op<MatMul>(kMix).run(kept, qkv + 2 * embed_dim, r.saved(kMixed), scratch);
  r.op<InnerProduct>(kOut).forward(r.saved(kMixed), r.packed(kOutWeight),
                                   bias ? r.param(3) : nullptr, r.y(), scratch);
}

template <class T, class Value>
void MultiHeadAttention::backward_as(Run& r) const {
  auto* qkv = static_cast<const Value*>(r.saved(kQkv));
  auto& narrow = r.op<Narrow>(kNarrow);
  Scratch own = scratch(r.in(), r.dtype(), r.value_dtype(), r.scratch());
  auto* dqkv = reinterpret_cast<Value*>(own.qkv);
  auto& in = r.op<InnerProduct>(kIn);
  auto& out = r.op<InnerProduct>(kOut);
  out.backward_weights(r.saved(kMixed), r.dy(), r.dparam(1), bias ? r.dparam(3) : nullptr,
                       own.rest);
  out.backward_data(r.dy(), r.packed(kOutBackward), own.mixed, own.rest);
  r.op<MatMul>(kDiffKept).run(own.mixed, qkv + 2 * embed_dim, own.shares, own.rest);
  bool drops = dropout > 0;
  r.op<MatMul>(kDiffV).run(r.saved(drops || narrow ? kKept : kShares), own.mixed,
                           dqkv + 2 * embed_dim, own.rest);
  if (drops) {
    apply_mask<T, T>(static_cast<const uint8_t*>(r.saved(kMask)), dropout, own.shares, own.shares,
                     sizes(r.in()).shares);
  }
  r.op<kernels::Softmax>(kSoftmax).backward(softmax_rows(r), r.saved(kShares), own.shares);
  const void* dscores = operand(narrow, own.shares, own.copy);
  r.op<MatMul>(kDiffQ).run(dscores, qkv + embed_dim, dqkv, own.rest);
  r.op<MatMul>(kDiffK).run(dscores, qkv, dqkv + embed_dim, own.rest);
  in.backward_weights(r.x(), dqkv, r.dparam(0), bias ? r.dparam(2) : nullptr, own.rest);
  if (r.dx()) in.backward_data(dqkv, r.packed(kInBackward), r.dx(), own.rest);
}

}  // namespace firesteel
