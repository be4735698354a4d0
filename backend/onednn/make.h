// SPDX-License-Identifier: Apache-2.0
// The operations of backend/ops.h on oneDNN, in f32.
#pragma once

#include "backend/ops.h"

namespace firesteel::onednn {

std::unique_ptr<Conv> conv(const Env& env, const ConvSpec& spec, const Layout& offered);
std::unique_ptr<InnerProduct> inner_product(const Env& env, const InnerProductSpec& spec);
std::unique_ptr<Pool> pool(const Env& env, const PoolSpec& spec, const Layout& src);
std::unique_ptr<BatchNormalization> batch_norm(const Env& env, const BatchNormSpec& spec,
                                               const Layout& src);
std::unique_ptr<Elementwise> elementwise(const Env& env, Function function, const Layout& layout);
std::unique_ptr<Reorder> reorder(const Layout& from, const Layout& to);

}  // namespace firesteel::onednn
