// SPDX-License-Identifier: Apache-2.0
#define FIRESTEEL_ISA sse41
#include "backend/kernels/softmax.inc.h"
#include "backend/kernels/vector_math.inc.h"

namespace firesteel::kernels::sse41 {
extern const Softmax softmax;
const Softmax softmax = kTable<Fast>;
}  // namespace firesteel::kernels::sse41
