// SPDX-License-Identifier: Apache-2.0
#define FIRESTEEL_ISA avx2
#include "backend/kernels/pointwise_depthwise.inc.h"

namespace firesteel::kernels::avx2 {
extern const PointwiseDepthwiseTable pointwise_depthwise;
const PointwiseDepthwiseTable pointwise_depthwise = kTable;
}  // namespace firesteel::kernels::avx2
