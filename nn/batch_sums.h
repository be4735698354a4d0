// SPDX-License-Identifier: Apache-2.0
// BatchSums: what a layer asks for when the rows of an iteration are computed in parts, by threads
// and workers, and its result depends on all of them (synchronised batch normalization).
#pragma once

#include <vector>

namespace firesteel {

class BatchSums {
 public:
  virtual ~BatchSums() = default;
  // Replaces this part's numbers by the sums over all parts. Every part calls it in the same order,
  // and waits here for the others.
  virtual void add_up(std::vector<double>& numbers) = 0;
};

}  // namespace firesteel
