// SPDX-License-Identifier: Apache-2.0
#define FIRESTEEL_ISA avx512
#include "backend/kernels/winograd.inc.h"

namespace firesteel::kernels::avx512 {
extern const WinogradTable winograd;
const WinogradTable winograd = kTable;
}  // namespace firesteel::kernels::avx512
