// SPDX-License-Identifier: Apache-2.0
// What a product reads where a layer computes in another type than its values have.
#pragma once

#include <memory>

#include "backend/ops.h"

namespace firesteel {

// The numbers themselves, or the copy in the values' type that is made of them; narrow is null where
// both types are one.
inline const void* operand(const std::unique_ptr<Reorder>& narrow, const void* from, void* copy) {
  if (!narrow) return from;
  narrow->run(from, copy);
  return copy;
}

}  // namespace firesteel
