// SPDX-License-Identifier: Apache-2.0
#include "backend/kernels/gemm.h"

#include "backend/kernels/isa.h"

namespace firesteel::kernels {

namespace avx2 {
extern const GemmTable gemm;
}

const GemmTable* gemm() { return isa() == Isa::avx2 ? &avx2::gemm : nullptr; }

}  // namespace firesteel::kernels
