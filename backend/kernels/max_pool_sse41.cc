// SPDX-License-Identifier: Apache-2.0
#define FIRESTEEL_ISA sse41
#include "backend/kernels/max_pool.inc.h"

namespace firesteel::kernels::sse41 {
extern const MaxPoolTable max_pool;
const MaxPoolTable max_pool = kTable;
}  // namespace firesteel::kernels::sse41
