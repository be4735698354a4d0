// SPDX-License-Identifier: Apache-2.0
// Which workers share a machine. What they send to other machines they add up among themselves first, and what
// comes from others they hand on, so that it crosses the machine's link once and not once for each of them.
#pragma once

#include <string>
#include <vector>

#include "core/collective.h"

namespace firesteel {

class Hosts {
 public:
  // of: the machine of each worker, by rank.
  explicit Hosts(const std::vector<std::string>& of);

  // Whether there are several machines, and several workers on one of them.
  bool shared() const { return machines_.size() > 1 && machines_.size() < of_.size(); }
  // The number of a worker's machine.
  size_t of(int rank) const { return of_[static_cast<size_t>(rank)]; }

  // The owners of slices whose numbers go through this worker between its machine and others; those of the
  // workers of a machine cut all ranks evenly.
  struct Ranks {
    int begin = 0, end = 0;
  };
  Ranks through(int rank) const;
  // Whose slices lie next to each other.
  Slice part(int64_t count, int rank) const;
  bool passes(int rank, int owner) const {
    Ranks owners = through(rank);
    return owner >= owners.begin && owner < owners.end;
  }

 private:
  int size() const { return static_cast<int>(of_.size()); }

  std::vector<size_t> of_;
  std::vector<int> place_;  // of each worker among those of its machine, by rank
  std::vector<int> machines_;  // how many workers each has
};

}  // namespace firesteel
