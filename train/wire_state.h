// SPDX-License-Identifier: Apache-2.0
// WireState: what a worker keeps where numbers are rounded to two bytes between workers.
//
// Parameters: the owner of a slice keeps its f32 numbers and updates these; all workers, it too,
// compute with the rounded ones. Gradients, with error feedback: what rounding took from a worker's
// sums is added to those of the next iteration (Seide et al., "1-Bit Stochastic Gradient Descent",
// Interspeech 2014).
#pragma once

#include <span>
#include <vector>

#include "core/collective.h"
#include "core/reduction.h"

namespace firesteel {

class WireState {
 public:
  WireState(DType type, bool error_feedback) : type_(type), error_feedback_(error_feedback) {}

  DType type() const { return type_; }
  bool rounds() const { return type_ != DType::f32; }

  // values: the flat buffer, the same on all workers. owned: this worker's slices, which the numbers
  // of master() are of, one after the other.
  void start(std::span<const Slice> owned, const float* values);
  // Before and after the update of a slice: puts its f32 numbers into the flat buffer, keeps what they
  // have become.
  void restore(size_t slice, float* values) const;
  void keep(size_t slice, const float* values);

  // Rounds the numbers of a sum in `bucket` but for the worker's own slice, which does not travel.
  // index: of the sum among those of this worker.
  void round(size_t index, float* numbers, Slice bucket, Slice own);

 private:
  void round(std::vector<float>& error, float* numbers, Slice part);

  DType type_;
  bool error_feedback_;
  std::vector<Slice> owned_;
  std::vector<std::vector<float>> masters_;  // by slice
  std::vector<std::vector<float>> errors_;  // by sum, as long as the flat buffer
};

}  // namespace firesteel
