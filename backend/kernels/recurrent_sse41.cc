// SPDX-License-Identifier: Apache-2.0
#define FIRESTEEL_ISA sse41
#include "backend/kernels/recurrent.inc.h"
#include "backend/kernels/vector_math.inc.h"

namespace firesteel::kernels::sse41 {
extern const Recurrent recurrent;
const Recurrent recurrent = kTable<Fast>;
}  // namespace firesteel::kernels::sse41
