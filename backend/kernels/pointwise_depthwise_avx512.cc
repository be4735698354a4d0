// SPDX-License-Identifier: Apache-2.0
#define FIRESTEEL_ISA avx512
#include "backend/kernels/pointwise_depthwise.inc.h"

namespace firesteel::kernels::avx512 {
extern const PointwiseDepthwiseTable pointwise_depthwise;
const PointwiseDepthwiseTable pointwise_depthwise = kTable;
}  // namespace firesteel::kernels::avx512
