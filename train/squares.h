// SPDX-License-Identifier: Apache-2.0
// Sums of squares of gradients, for clipping by their norm. One for each cell, slice_align() numbers
// of a bucket, so that the norm of all of them is the same to the bit wherever workers' slices end.
#pragma once

#include <string>
#include <vector>

#include "train/buckets.h"

namespace firesteel {

// Appends those of a part of a bucket that begins where a cell does. Of the first `trainable` numbers
// of the flat buffer: state has no gradients. gradients: of the part; null: zeros.
void append_squares(Slice bucket, Slice part, int64_t trainable, const float* gradients,
                    std::vector<double>* squares);

// Puts the squares that each worker has of its slices, bucket by bucket as bytes, into the order of the
// flat buffer. Throws FormatError where they are too few.
std::vector<double> in_flat_order(const std::vector<std::string>& by_rank,
                                  const std::vector<Slice>& buckets, int64_t trainable);

// What gradients of which the squares of `scale` times their numbers are summed are multiplied with,
// so that their norm is at most `most`: most / (norm + 1e-6) where that is less than 1, as
// torch.nn.utils.clip_grad_norm_ does.
double clipping_factor(const std::vector<double>& squares, double scale, double most);

}  // namespace firesteel
