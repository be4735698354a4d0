// SPDX-License-Identifier: Apache-2.0
#define FIRESTEEL_ISA sse41
#include "backend/kernels/squash.inc.h"

namespace firesteel::kernels::sse41 {
extern const SquashTable squash;
const SquashTable squash = kTable;
}  // namespace firesteel::kernels::sse41
