// SPDX-License-Identifier: Apache-2.0
#define FIRESTEEL_ISA plain
#include "backend/kernels/recurrent.h"

#include "backend/kernels/isa.h"
#include "backend/kernels/plain_math.h"
#include "backend/kernels/recurrent.inc.h"
#include "backend/ops.h"

namespace firesteel::kernels {

namespace sse41 {
extern const Recurrent recurrent;
}
namespace avx2 {
extern const Recurrent recurrent;
}
namespace avx512 {
extern const Recurrent recurrent;
}

const Recurrent& recurrent(const Env& env) {
  if (env.dtype == DType::f64) return plain::kTable<Plain<double>>;
  if (env.reference) return plain::kTable<Plain<float>>;
  return pick(sse41::recurrent, avx2::recurrent, avx512::recurrent);
}

}  // namespace firesteel::kernels
