// SPDX-License-Identifier: Apache-2.0
#include "backend/kernels/batch_norm.h"

#include "backend/kernels/isa.h"

namespace firesteel::kernels {

namespace sse41 {
extern const BatchNormTable batch_norm;
}
namespace avx2 {
extern const BatchNormTable batch_norm;
}
namespace avx512 {
extern const BatchNormTable batch_norm;
}

const BatchNormTable& batch_norm() {
  return pick(sse41::batch_norm, avx2::batch_norm, avx512::batch_norm);
}

}  // namespace firesteel::kernels
