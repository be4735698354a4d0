// SPDX-License-Identifier: Apache-2.0
#define FIRESTEEL_ISA plain
#include "backend/kernels/softmax.h"

#include "backend/kernels/isa.h"
#include "backend/kernels/plain_math.h"
#include "backend/kernels/softmax.inc.h"
#include "backend/ops.h"

namespace firesteel::kernels {

namespace sse41 {
extern const Softmax softmax;
}
namespace avx2 {
extern const Softmax softmax;
}
namespace avx512 {
extern const Softmax softmax;
}

const Softmax& softmax(const Env& env) {
  if (env.dtype == DType::f64) return plain::kTable<Plain<double>>;
  if (env.reference) return plain::kTable<Plain<float>>;
  return pick(sse41::softmax, avx2::softmax, avx512::softmax);
}

}  // namespace firesteel::kernels
