// SPDX-License-Identifier: Apache-2.0
// The operations of backend/ops.h as plain loops in f32 and f64: the measure of correctness.
#pragma once

#include "backend/ops.h"

namespace firesteel::ref {

std::unique_ptr<Conv> conv(const Env& env, const ConvSpec& spec);
std::unique_ptr<InnerProduct> inner_product(const Env& env, const InnerProductSpec& spec);
std::unique_ptr<Pool> pool(const Env& env, const PoolSpec& spec);
std::unique_ptr<BatchNormalization> batch_norm(const Env& env, const BatchNormSpec& spec,
                                               const Layout& src);
std::unique_ptr<Elementwise> elementwise(const Env& env, Function function, const Layout& layout,
                                         float alpha, float beta);
std::unique_ptr<Reorder> reorder(const Layout& from, const Layout& to);
std::unique_ptr<LocalResponse> local_response(const Env& env, const LocalResponseSpec& spec,
                                              const Layout& src);
std::unique_ptr<MatMul> matmul(const Env& env, const MatMulSpec& spec);

// make.operator()<T>() with T = float or double, as env.dtype says.
template <class Make>
auto by_dtype(const Env& env, const Make& make) {
  return env.dtype == DType::f64 ? make.template operator()<double>()
                                 : make.template operator()<float>();
}

}  // namespace firesteel::ref
