// SPDX-License-Identifier: Apache-2.0
#define FIRESTEEL_ISA avx512
#define FIRESTEEL_BF16
#include "backend/kernels/lrn.inc.h"

namespace firesteel::kernels::avx512 {
extern const LrnTable lrn;
const LrnTable lrn = kTable;
}  // namespace firesteel::kernels::avx512
