// SPDX-License-Identifier: Apache-2.0
#include "backend/kernels/gemv.h"

#include "backend/kernels/isa.h"

namespace firesteel::kernels {

namespace avx2 {
extern const GemvTable gemv;
}
namespace avx512 {
extern const GemvTable gemv;
}

const GemvTable* gemv() {
  const GemvTable* none = nullptr;
  return pick(none, &avx2::gemv, &avx512::gemv);
}

}  // namespace firesteel::kernels
