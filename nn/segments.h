// SPDX-License-Identifier: Apache-2.0
// Segments of a training step that are computed again in backward: of each only what later ones
// read is kept. Chen, Xu, Zhang and Guestrin, "Training deep nets with sublinear memory cost", 2016.
#pragma once

#include <cstddef>
#include <vector>

namespace firesteel {

// By position in the order of execution.
struct SegmentCosts {
  struct Value {
    size_t made, read;  // positions: where it is complete, and of its last reader
    size_t bytes;
  };
  std::vector<Value> values;
  std::vector<size_t> inside;  // bytes that backward reads of what is made here
  std::vector<bool> cut;  // whether a segment may end here
};

// The first position of each segment, from 0, so that what is kept between segments and the largest
// segment together are about as small as they get. The last segment need not be computed again: its
// backward comes at once.
std::vector<size_t> find_segments(const SegmentCosts& costs);

}  // namespace firesteel
