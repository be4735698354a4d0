// SPDX-License-Identifier: Apache-2.0
#define FIRESTEEL_ISA avx512
#include "backend/kernels/gemv.inc.h"

namespace firesteel::kernels::avx512 {
extern const GemvTable gemv;
const GemvTable gemv = kTable;
}  // namespace firesteel::kernels::avx512
