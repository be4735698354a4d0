// SPDX-License-Identifier: Apache-2.0
// The operations of backend/ops.h on our own kernels.
#pragma once

#include "backend/ops.h"

namespace firesteel::native {

inline const float* f32(const void* p) { return static_cast<const float*>(p); }
inline float* f32(void* p) { return static_cast<float*>(p); }

// Numbers that are worth a thread's start, and in how many rows of `width` there are so many.
inline constexpr int64_t kNumbersOfPart = 16 << 10;
inline int64_t rows_of_part(int64_t width) {
  return kNumbersOfPart > width ? kNumbersOfPart / width : 1;
}

// Null where another implementation is the better one.
std::unique_ptr<Conv> conv(const Env& env, const ConvSpec& spec);
std::unique_ptr<InnerProduct> inner_product(const Env& env, const InnerProductSpec& spec);
std::unique_ptr<Pool> pool(const Env& env, const PoolSpec& spec, const Layout& src);
std::unique_ptr<Elementwise> elementwise(const Env& env, Function function, const Layout& layout);
bool has_pointwise_depthwise(const PointwiseDepthwiseSpec& spec);
std::unique_ptr<PointwiseDepthwise> pointwise_depthwise(const PointwiseDepthwiseSpec& spec,
                                                        const Layout& offered);
// Null where the layouts are not ours.
std::unique_ptr<Reorder> reorder(const Layout& from, const Layout& to);
std::unique_ptr<BatchNormalization> batch_norm(const BatchNormSpec& spec, const Layout& src);

// src: as for make_local_response.
std::unique_ptr<LocalResponse> local_response(const LocalResponseSpec& spec, const Layout& src);

}  // namespace firesteel::native
