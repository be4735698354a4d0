// SPDX-License-Identifier: Apache-2.0
// OwnFormat: a format of weights that only our kernels read, made from plain ones.
#pragma once

#include "backend/layout.h"
#include "backend/ops.h"

namespace firesteel::native {

struct OwnFormat : Format {
  int64_t channel_block() const final { return 0; }
  std::shared_ptr<const Format> of(const Shape&) const final { return nullptr; }
  virtual std::unique_ptr<Reorder> from_plain() const = 0;
};

}  // namespace firesteel::native
