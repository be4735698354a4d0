// SPDX-License-Identifier: Apache-2.0
#define FIRESTEEL_ISA avx2
#include "backend/kernels/max_pool.inc.h"

namespace firesteel::kernels::avx2 {
extern const MaxPoolTable max_pool;
const MaxPoolTable max_pool = kTable;
}  // namespace firesteel::kernels::avx2
