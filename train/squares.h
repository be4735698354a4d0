// SPDX-License-Identifier: Apache-2.0
// Sums of squares of parameters and of their gradients, for clipping by the norm and for layer-wise
// optimizers. A parameter has one for each cell, slice_align() numbers of a bucket, that it has a part
// of, so that its sum is the same to the bit wherever workers' slices end.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "train/buckets.h"

namespace firesteel {

// Of a parameter: what is summed.
enum class Squares : char { none, gradients, gradients_and_values };

// By parameter; zero where nothing is summed.
struct SquareSums {
  std::vector<double> gradients, values;
};

class SquareCells {
 public:
  // wanted: of each of the table's parameters.
  SquareCells(std::vector<Slice> buckets, const ParamTable& table, std::span<const Squares> wanted);

  bool any() const { return any_; }
  // Appends, as bytes, the sums of a worker's part of a bucket. values: the flat buffer; gradients: of
  // the part.
  void append(size_t bucket, Slice part, const float* values, const float* gradients,
              std::string* to) const;
  // Of what all workers have appended, bucket by bucket, by rank. Throws FormatError where it is too
  // little or too much.
  SquareSums sum(std::span<const std::string_view> by_rank) const;

 private:
  struct Range {
    Slice part;
    Squares wanted;
  };
  template <class Body>
  void each_cell(size_t bucket, Slice part, const Body& body) const;

  std::vector<Slice> buckets_;
  std::vector<Range> params_;
  bool any_ = false;
};

// What gradients of which the squares of `scale` times their numbers have this sum are multiplied
// with, so that their norm is at most `most`: most / (norm + 1e-6) where that is less than 1, as
// torch.nn.utils.clip_grad_norm_ does.
double clipping_factor(double squares, double scale, double most);

}  // namespace firesteel
