// SPDX-License-Identifier: Apache-2.0
#include "backend/kernels/lrn.h"

#include "backend/kernels/isa.h"

namespace firesteel::kernels {

namespace sse41 {
extern const LrnTable lrn;
}
namespace avx2 {
extern const LrnTable lrn;
}
namespace avx512 {
extern const LrnTable lrn;
}

const LrnTable& lrn() { return pick(sse41::lrn, avx2::lrn, avx512::lrn); }

}  // namespace firesteel::kernels
