// SPDX-License-Identifier: Apache-2.0
// Sums, and largest numbers, over all parameters that are the same to the bit wherever workers' slices
// end: each bucket's cells, slice_align() numbers each, are leaves of a tree (core/reduction.h), of which a
// worker sends the few nodes that its slice covers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/function_ref.h"
#include "train/buckets.h"

namespace firesteel {

// How many there are, and what they are.
struct JointCount {
  size_t sums = 0, most = 0;
};
struct JointSums {
  std::vector<double> sums, most;
};

class CellSums {
 public:
  explicit CellSums(std::vector<Slice> buckets) : buckets_(std::move(buckets)) {}

  // Appends, as bytes, those of a worker's part of a bucket. add(cell, into) adds a cell's to sums and puts
  // what is larger in the place of what is largest; numbers count from 0.
  using Add = FunctionRef<void(Slice cell, JointSums& into)>;
  void append(size_t bucket, Slice part, JointCount count, Add add, std::string* to) const;
  // Of what all workers have appended, bucket by bucket, by rank. Throws FormatError where it is too
  // little or too much.
  JointSums sum(std::span<const std::string_view> by_rank, JointCount count) const;

 private:
  std::vector<Slice> buckets_;
};

}  // namespace firesteel
