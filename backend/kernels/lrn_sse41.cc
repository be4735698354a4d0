// SPDX-License-Identifier: Apache-2.0
#define FIRESTEEL_ISA sse41
#include "backend/kernels/lrn.inc.h"

namespace firesteel::kernels::sse41 {
extern const LrnTable lrn;
const LrnTable lrn = kTable;
}  // namespace firesteel::kernels::sse41
