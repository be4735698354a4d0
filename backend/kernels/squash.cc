// SPDX-License-Identifier: Apache-2.0
#include "backend/kernels/squash.h"

#include "backend/kernels/isa.h"

namespace firesteel::kernels {

namespace sse41 {
extern const SquashTable squash;
}
namespace avx2 {
extern const SquashTable squash;
}
namespace avx512 {
extern const SquashTable squash;
}

const SquashTable& squash() { return pick(sse41::squash, avx2::squash, avx512::squash); }

}  // namespace firesteel::kernels
