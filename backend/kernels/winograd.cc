// SPDX-License-Identifier: Apache-2.0
#include "backend/kernels/winograd.h"

#include "backend/kernels/isa.h"

namespace firesteel::kernels {

namespace avx2 {
extern const WinogradTable winograd;
}
namespace avx512 {
extern const WinogradTable winograd;
}

const WinogradTable* winograd() {
  const WinogradTable* none = nullptr;
  return pick(none, &avx2::winograd, &avx512::winograd);
}

}  // namespace firesteel::kernels
