// SPDX-License-Identifier: Apache-2.0
// Which implementation makes an operation.
#include "backend/ops.h"

#include "backend/channels_last.h"
#include "backend/native/make.h"
#include "backend/onednn/make.h"
#include "backend/ref/make.h"
#include "core/error.h"

namespace firesteel {

std::unique_ptr<Conv> make_conv(const Env& env, const ConvSpec& spec, const Layout& offered) {
  if (env.plain_loops() || spec.plain_only()) return ref::conv(env, spec);
  auto fast = native::conv(env, spec);
  return fast ? std::move(fast) : onednn::conv(env, spec, offered);
}

bool has_pointwise_depthwise(const Env& env, const PointwiseDepthwiseSpec& spec) {
  return !env.training && !env.plain_loops() && env.values() == DType::f32 &&
         native::has_pointwise_depthwise(spec);
}

std::unique_ptr<PointwiseDepthwise> make_pointwise_depthwise(const PointwiseDepthwiseSpec& spec,
                                                             const Layout& offered) {
  return native::pointwise_depthwise(spec, offered);
}

std::unique_ptr<InnerProduct> make_inner_product(const Env& env, const InnerProductSpec& spec) {
  if (env.plain_loops()) return ref::inner_product(env, spec);
  auto fast = native::inner_product(env, spec);
  return fast ? std::move(fast) : onednn::inner_product(env, spec);
}

std::unique_ptr<Pool> make_pool(const Env& env, const PoolSpec& spec, const Layout& src) {
  if (env.plain_loops() || spec.plain_only()) return ref::pool(env, spec);
  auto fast = native::pool(env, spec, src);
  return fast ? std::move(fast) : onednn::pool(env, spec, src);
}

std::unique_ptr<BatchNormalization> make_batch_norm(const Env& env, const BatchNormSpec& spec,
                                                    const Layout& src) {
  return env.plain_loops() ? ref::batch_norm(env, spec, src) : native::batch_norm(spec, src);
}

bool keeps_zero(Function function, float alpha, float beta) {
  switch (function) {
    case Function::sigmoid:
    case Function::exp:
    case Function::sqrt:  // its slope is infinite
    case Function::softplus:
    case Function::log:
      return false;
    case Function::clip:
      return alpha <= 0 && beta >= 0;
    case Function::power:
      return beta >= 1;
    case Function::hard_sigmoid:
      return beta <= 0;
    case Function::linear:
      return beta == 0;
    default:
      return true;
  }
}

std::unique_ptr<Elementwise> make_elementwise(const Env& env, Function function,
                                              const Layout& layout, float alpha, float beta) {
  bool whole = layout.elements() == numel(layout.shape());
  require(whole || keeps_zero(function, alpha, beta),
          "a function that does not keep zero needs a layout without padding");
  if (env.plain_loops()) return ref::elementwise(env, function, layout, alpha, beta);
  auto fast = native::elementwise(env, function, layout);
  return fast ? std::move(fast) : onednn::elementwise(env, function, layout, alpha, beta);
}

Layout channels_last(const Shape& shape, DType dtype) {
  return onednn::channels_last(shape, dtype);
}

std::unique_ptr<Reorder> make_reorder(const Env& env, const Layout& from, const Layout& to) {
  if (env.plain_loops()) return ref::reorder(from, to);
  auto ours = native::reorder(from, to);
  return ours ? std::move(ours) : onednn::reorder(from, to);
}

std::unique_ptr<LocalResponse> make_local_response(const Env& env, const LocalResponseSpec& spec,
                                                   const Layout& src) {
  return env.plain_loops() ? ref::local_response(env, spec, src)
                           : native::local_response(spec, src);
}

std::unique_ptr<MatMul> make_matmul(const Env& env, const MatMulSpec& spec) {
  return env.plain_loops() ? ref::matmul(env, spec) : onednn::matmul(env, spec);
}

}  // namespace firesteel
