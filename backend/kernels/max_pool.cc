// SPDX-License-Identifier: Apache-2.0
#include "backend/kernels/max_pool.h"

#include "backend/kernels/isa.h"

namespace firesteel::kernels {

namespace sse41 {
extern const MaxPoolTable max_pool;
}
namespace avx2 {
extern const MaxPoolTable max_pool;
}
namespace avx512 {
extern const MaxPoolTable max_pool;
}

const MaxPoolTable& max_pool() { return pick(sse41::max_pool, avx2::max_pool, avx512::max_pool); }

}  // namespace firesteel::kernels
