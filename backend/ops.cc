// SPDX-License-Identifier: Apache-2.0
// Which implementation makes an operation.
#include "backend/ops.h"

#include "backend/onednn/make.h"
#include "backend/ref/make.h"

namespace firesteel {

std::unique_ptr<Conv> make_conv(const Env& env, const ConvSpec& spec, const Layout& offered) {
  return env.plain_loops() ? ref::conv(env, spec) : onednn::conv(env, spec, offered);
}

std::unique_ptr<InnerProduct> make_inner_product(const Env& env, const InnerProductSpec& spec) {
  return env.plain_loops() ? ref::inner_product(env, spec) : onednn::inner_product(env, spec);
}

std::unique_ptr<Pool> make_pool(const Env& env, const PoolSpec& spec, const Layout& src) {
  return env.plain_loops() || spec.plain_only() ? ref::pool(env, spec)
                                                : onednn::pool(env, spec, src);
}

std::unique_ptr<BatchNormalization> make_batch_norm(const Env& env, const BatchNormSpec& spec,
                                                    const Layout& src) {
  return env.plain_loops() ? ref::batch_norm(env, spec, src) : onednn::batch_norm(env, spec, src);
}

std::unique_ptr<Elementwise> make_elementwise(const Env& env, Function function,
                                              const Layout& layout) {
  return env.plain_loops() ? ref::elementwise(env, function, layout)
                           : onednn::elementwise(env, function, layout);
}

std::unique_ptr<Reorder> make_reorder(const Env& env, const Layout& from, const Layout& to) {
  return env.plain_loops() ? ref::reorder(from, to) : onednn::reorder(from, to);
}

}  // namespace firesteel
