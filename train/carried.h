// SPDX-License-Identifier: Apache-2.0
// Gradients as bytes, for iterations whose numbers Spark carries between workers that have no
// connections: what one worker's tree nodes (core/reduction.h) hold of another worker's slices.
//
// In the bytes: number of nodes, then index, level, whether it has data and number of scalars of each;
// the scalars; for each node with data its part of every bucket, one bucket after the other.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "train/buckets.h"

namespace firesteel {

// What worker `rank` of `size` sums.
std::string pack_gradients(std::span<const Partial> nodes, const std::vector<Slice>& buckets,
                           int rank, int size);

// Sums what all workers packed for `rank`: out receives its part of every bucket, one after the other.
// Returns the summed scalars. Throws FormatError where the bytes are not of these buckets.
std::vector<double> sum_packed(std::span<const std::string_view> packed,
                               const std::vector<Slice>& buckets, int rank, int size,
                               std::vector<float>* out);

}  // namespace firesteel
