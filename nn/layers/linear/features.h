// SPDX-License-Identifier: Apache-2.0
// Layers that make rows of out_features numbers of rows of in_features.
#pragma once

#include "nn/layer.h"

namespace firesteel {

// The output's shape; a fault's message ends with hint.
inline Shapes infer_features(const Shapes& in, int64_t in_features, int64_t out_features,
                             const char* hint = "") {
  require(in[0].size() >= 2 && in[0].back() == in_features, "input must be rows of ", in_features,
          " numbers, got ", without_batch(in[0]), hint);
  Shape out = in[0];
  out.back() = out_features;
  return {out};
}

}  // namespace firesteel
