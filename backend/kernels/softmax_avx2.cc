// SPDX-License-Identifier: Apache-2.0
#define FIRESTEEL_ISA avx2
#include "backend/kernels/softmax.inc.h"
#include "backend/kernels/vector_math.inc.h"

namespace firesteel::kernels::avx2 {
extern const Softmax softmax;
const Softmax softmax = kTable<Fast>;
}  // namespace firesteel::kernels::avx2
