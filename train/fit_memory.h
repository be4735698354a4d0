// SPDX-License-Identifier: Apache-2.0
// How much memory a worker's part of a fit takes, found by planning it.
#pragma once

#include <cstdint>

#include "nn/model.h"
#include "train/spec.h"

namespace firesteel {

// Bytes of one worker, training data not among them.
struct FitMemory {
  int64_t rows = 0;         // that its threads compute at a time
  int64_t activations = 0;  // what layers keep of them for backward
  int64_t model = 0;  // parameters, their gradients, the optimizer's state, all for two boundaries
};

// spec: resolved. The model knows its input shape. threads: of each of so many workers.
FitMemory fit_memory(const Model& model, const FitSpec& spec, int workers, int threads);

}  // namespace firesteel
