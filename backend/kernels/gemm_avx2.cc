// SPDX-License-Identifier: Apache-2.0
#define FIRESTEEL_ISA avx2
#include "backend/kernels/gemm.inc.h"

namespace firesteel::kernels::avx2 {
extern const GemmTable gemm;
const GemmTable gemm = kTable;
}  // namespace firesteel::kernels::avx2
