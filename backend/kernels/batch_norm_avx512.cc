// SPDX-License-Identifier: Apache-2.0
#define FIRESTEEL_ISA avx512
#define FIRESTEEL_BF16
#include "backend/kernels/batch_norm.inc.h"

namespace firesteel::kernels::avx512 {
extern const BatchNormTable batch_norm;
const BatchNormTable batch_norm = kTable;
}  // namespace firesteel::kernels::avx512
