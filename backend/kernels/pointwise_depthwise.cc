// SPDX-License-Identifier: Apache-2.0
#include "backend/kernels/pointwise_depthwise.h"

#include "backend/kernels/isa.h"

namespace firesteel::kernels {

namespace avx2 {
extern const PointwiseDepthwiseTable pointwise_depthwise;
}
namespace avx512 {
extern const PointwiseDepthwiseTable pointwise_depthwise;
}

const PointwiseDepthwiseTable* pointwise_depthwise() {
  const PointwiseDepthwiseTable* none = nullptr;
  return pick(none, &avx2::pointwise_depthwise, &avx512::pointwise_depthwise);
}

}  // namespace firesteel::kernels
