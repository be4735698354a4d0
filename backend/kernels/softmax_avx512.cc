// SPDX-License-Identifier: Apache-2.0
#define FIRESTEEL_ISA avx512
#include "backend/kernels/softmax.inc.h"
#include "backend/kernels/vector_math.inc.h"

namespace firesteel::kernels::avx512 {
extern const Softmax softmax;
const Softmax softmax = kTable<Fast>;
}  // namespace firesteel::kernels::avx512
