// SPDX-License-Identifier: Apache-2.0
// What MultiHeadAttention makes of its inputs: q = x_q W_q^T + b_q, and likewise k and v.
#pragma once

#include <memory>

#include "nn/layers/attention/heads.h"

namespace firesteel {

class InProjection {
 public:
  // Where a result lies in the buffer of all three: its first number, and from step to step.
  struct Place {
    int64_t first = 0, step = 0;
  };

  virtual ~InProjection() = default;
  int64_t numbers = 0;  // of all three results
  Place q, k, v;
  size_t scratch_bytes = 0;
  size_t packs = 0;  // how many of the layer's packs are its own, the first ones

  // bias: the parameter with those of all three; null: there is none. result: of values' type.
  virtual void forward(Run& r, const void* bias, void* result) = 0;
  virtual void backward(Run& r, void* dbias, const void* diff, void* scratch) = 0;

  Heads::Values values(DType dtype, void* buffer) const {
    return {at(q, dtype, buffer), at(k, dtype, buffer), at(v, dtype, buffer)};
  }
  Heads::Gradients gradients(DType dtype, void* buffer) const {
    return {at(q, dtype, buffer), at(k, dtype, buffer), at(v, dtype, buffer)};
  }

 private:
  static void* at(const Place& place, DType dtype, void* buffer) {
    return static_cast<std::byte*>(buffer) + static_cast<size_t>(place.first) * size_of(dtype);
  }
};

// One input, which all three are made of. Parameter 0 holds the three weights.
std::unique_ptr<InProjection> project_one(Prepare& p, bool bias);
// Two inputs (q, and k and v) or three. fused: as above; else parameters 0 to 2 are the weights.
std::unique_ptr<InProjection> project_each(Prepare& p, int64_t outputs, bool fused);

}  // namespace firesteel
