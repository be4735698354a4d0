// SPDX-License-Identifier: Apache-2.0
#define FIRESTEEL_ISA avx512
#include "backend/kernels/squash.inc.h"

namespace firesteel::kernels::avx512 {
extern const SquashTable squash;
const SquashTable squash = kTable;
}  // namespace firesteel::kernels::avx512
