// SPDX-License-Identifier: Apache-2.0
#define FIRESTEEL_ISA sse41
#include "backend/kernels/batch_norm.inc.h"

namespace firesteel::kernels::sse41 {
extern const BatchNormTable batch_norm;
const BatchNormTable batch_norm = kTable;
}  // namespace firesteel::kernels::sse41
