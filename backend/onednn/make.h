// SPDX-License-Identifier: Apache-2.0
// The operations of backend/ops.h on oneDNN.
#pragma once

#include "backend/ops.h"

namespace firesteel::onednn {

// f32 images in blocks of 8 or 16 channels.
Layout image_layout(const Shape& shape, int64_t block);
// Of images of a type, all channels side by side.
Layout channels_last(const Shape& shape, DType dtype);
// f32 kernels, out x in x height x width or groups x out x in x height x width, in blocks of 8 or 16
// of their first extent.
Layout kernel_layout(const Shape& shape, int64_t block);

std::unique_ptr<Conv> conv(const Env& env, const ConvSpec& spec, const Layout& offered);
std::unique_ptr<InnerProduct> inner_product(const Env& env, const InnerProductSpec& spec);
std::unique_ptr<Pool> pool(const Env& env, const PoolSpec& spec, const Layout& src);
std::unique_ptr<Elementwise> elementwise(const Env& env, Function function, const Layout& layout,
                                         float alpha, float beta);
std::unique_ptr<Reorder> reorder(const Layout& from, const Layout& to);
std::unique_ptr<MatMul> matmul(const Env& env, const MatMulSpec& spec);

}  // namespace firesteel::onednn
