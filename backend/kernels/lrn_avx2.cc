// SPDX-License-Identifier: Apache-2.0
#define FIRESTEEL_ISA avx2
#include "backend/kernels/lrn.inc.h"

namespace firesteel::kernels::avx2 {
extern const LrnTable lrn;
const LrnTable lrn = kTable;
}  // namespace firesteel::kernels::avx2
