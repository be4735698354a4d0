// SPDX-License-Identifier: Apache-2.0
#define FIRESTEEL_ISA avx2
#include "backend/kernels/winograd.inc.h"

namespace firesteel::kernels::avx2 {
extern const WinogradTable winograd;
const WinogradTable winograd = kTable;
}  // namespace firesteel::kernels::avx2
