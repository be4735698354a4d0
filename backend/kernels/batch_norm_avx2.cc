// SPDX-License-Identifier: Apache-2.0
#define FIRESTEEL_ISA avx2
#include "backend/kernels/batch_norm.inc.h"

namespace firesteel::kernels::avx2 {
extern const BatchNormTable batch_norm;
const BatchNormTable batch_norm = kTable;
}  // namespace firesteel::kernels::avx2
