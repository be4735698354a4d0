// SPDX-License-Identifier: Apache-2.0
// An attribute `dim` that says along which extent a layer works: the batch is 0, and negative ones
// count from the end.
#pragma once

#include <string_view>

#include "core/error.h"
#include "core/shape.h"

namespace firesteel {

inline constexpr std::string_view kDimDoc = "the extent; the batch is 0, and -1 is the last one";

inline int64_t dim_of(int64_t dim, const Shape& in) {
  return dim < 0 ? dim + static_cast<int64_t>(in.size()) : dim;
}

inline void check_dim(int64_t dim, std::string_view kind) {
  require<AttrError>(dim != 0, kind, ".dim: must not be the batch, got 0");
}

inline void require_dim(int64_t dim, const Shape& in) {
  require(in.size() >= 2, "input must have at least one extent besides the batch");
  int64_t at = dim_of(dim, in);
  require(at >= 1 && at < static_cast<int64_t>(in.size()), "input must have an extent ", dim,
          ", got ", without_batch(in));
}

}  // namespace firesteel
