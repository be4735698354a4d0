// SPDX-License-Identifier: Apache-2.0
#include "backend/onednn/exec.h"
#include "backend/onednn/make.h"
#include "core/error.h"

namespace firesteel::onednn {
namespace {

using Forward = dnnl::eltwise_forward;
using Backward = dnnl::eltwise_backward;
using dnnl::algorithm;

// Forward algorithm, and the backward one; see backward_needs_dst().
std::pair<algorithm, algorithm> algorithms_of(Function function) {
  switch (function) {
    case Function::relu:
      return {algorithm::eltwise_relu, algorithm::eltwise_relu_use_dst_for_bwd};
    case Function::relu6:
      return {algorithm::eltwise_clip_v2, algorithm::eltwise_clip_v2_use_dst_for_bwd};
    case Function::tanh:
      return {algorithm::eltwise_tanh, algorithm::eltwise_tanh_use_dst_for_bwd};
    case Function::sigmoid:
      return {algorithm::eltwise_logistic, algorithm::eltwise_logistic_use_dst_for_bwd};
    case Function::leaky_relu:
      return {algorithm::eltwise_relu, algorithm::eltwise_relu_use_dst_for_bwd};
    case Function::elu:
      return {algorithm::eltwise_elu, algorithm::eltwise_elu_use_dst_for_bwd};
    case Function::clip:
      return {algorithm::eltwise_clip_v2, algorithm::eltwise_clip_v2_use_dst_for_bwd};
    case Function::exp:
      return {algorithm::eltwise_exp, algorithm::eltwise_exp_use_dst_for_bwd};
    case Function::sqrt:
      return {algorithm::eltwise_sqrt, algorithm::eltwise_sqrt_use_dst_for_bwd};
    case Function::gelu:
      return {algorithm::eltwise_gelu_erf, algorithm::eltwise_gelu_erf};
    case Function::gelu_tanh:
      return {algorithm::eltwise_gelu_tanh, algorithm::eltwise_gelu_tanh};
    case Function::silu:
      return {algorithm::eltwise_swish, algorithm::eltwise_swish};
    case Function::softplus:
      return {algorithm::eltwise_soft_relu, algorithm::eltwise_soft_relu};
    case Function::abs:
      return {algorithm::eltwise_abs, algorithm::eltwise_abs};
    case Function::log:
      return {algorithm::eltwise_log, algorithm::eltwise_log};
    case Function::square:
      return {algorithm::eltwise_square, algorithm::eltwise_square};
    case Function::power:
      return {algorithm::eltwise_pow, algorithm::eltwise_pow};
    case Function::hard_sigmoid:
      return {algorithm::eltwise_hardsigmoid, algorithm::eltwise_hardsigmoid};
    case Function::hard_swish:
      return {algorithm::eltwise_hardswish, algorithm::eltwise_hardswish};
    case Function::mish:
      return {algorithm::eltwise_mish, algorithm::eltwise_mish};
    case Function::linear:
      return {algorithm::eltwise_linear, algorithm::eltwise_linear};
  }
  return {algorithm::undef, algorithm::undef};
}

class DnnlElementwise final : public Elementwise {
 public:
  DnnlElementwise(const Env& env, Function function, const Layout& layout, float alpha,
                  float beta) {
    // In a row, whatever their layout: oneDNN's fast kernels do not know all that have padding.
    auto data = plain_desc({layout.elements()}, layout.dtype());
    if (function == Function::silu) alpha = 1;
    if (function == Function::relu6) alpha = 0, beta = 6;
    auto [there, back] = algorithms_of(function);
    // dst_for_bwd algorithms have the same forward function.
    auto kind =
        env.training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
    auto forward = guarded("elementwise", [&, algorithm = env.training ? back : there] {
      return Forward::primitive_desc(cpu(), kind, algorithm, data, data, alpha, beta);
    });
    forward_ = Exec(Forward(forward), forward, {{DNNL_ARG_SRC, data}, {DNNL_ARG_DST, data}});
    if (!env.training) return;
    auto backward = guarded("elementwise backward", [&, algorithm = back] {
      return Backward::primitive_desc(cpu(), algorithm, data, data, data, alpha, beta, forward);
    });
    backward_ = Exec(Backward(backward), backward,
                     {{backward_needs_dst(function) ? DNNL_ARG_DST : DNNL_ARG_SRC, data},
                      {DNNL_ARG_DIFF_DST, data},
                      {DNNL_ARG_DIFF_SRC, data}});
  }

  void forward(const void* x, void* y) override { forward_.run({x, y, nullptr}); }
  void backward(const void* x_or_y, const void* dy, void* dx) override {
    backward_.run({x_or_y, dy, dx, nullptr});
  }

 private:
  Exec forward_, backward_;
};

class DnnlReorder final : public Reorder {
 public:
  DnnlReorder(const Layout& from, const Layout& to) {
    auto desc = guarded("reorder", [&] {
      return dnnl::reorder::primitive_desc(cpu(), desc_of(from), cpu(), desc_of(to),
                                           user_scratchpad());
    });
    exec_ = Exec(dnnl::reorder(desc), desc,
                 {{DNNL_ARG_FROM, desc_of(from)}, {DNNL_ARG_TO, desc_of(to)}});
    scratch_ = std::make_unique_for_overwrite<char[]>(exec_.scratch_bytes());
  }
  void run(const void* src, void* dst) override { exec_.run({src, dst, scratch_.get()}); }

 private:
  Exec exec_;
  std::unique_ptr<char[]> scratch_;
};

}  // namespace

std::unique_ptr<Elementwise> elementwise(const Env& env, Function function, const Layout& layout,
                                         float alpha, float beta) {
  return std::make_unique<DnnlElementwise>(env, function, layout, alpha, beta);
}

std::unique_ptr<Reorder> reorder(const Layout& from, const Layout& to) {
  return std::make_unique<DnnlReorder>(from, to);
}

}  // namespace firesteel::onednn
