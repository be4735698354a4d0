// SPDX-License-Identifier: Apache-2.0
#include "sync/hosts.h"

#include <map>

namespace firesteel {

Hosts::Hosts(const std::vector<std::string>& of) {
  std::map<std::string, size_t> known;
  for (size_t rank = 0; rank < of.size(); ++rank) {
    size_t machine = known.try_emplace(of[rank], known.size()).first->second;
    if (machine == machines_.size()) machines_.push_back(0);
    of_.push_back(machine);
    place_.push_back(machines_[machine]++);
  }
}

Hosts::Ranks Hosts::through(int rank) const {
  int64_t workers = machines_[of(rank)];
  int64_t place = place_[static_cast<size_t>(rank)];
  return {static_cast<int>(place * size() / workers),
          static_cast<int>((place + 1) * size() / workers)};
}

Slice Hosts::part(int64_t count, int rank) const {
  Ranks owners = through(rank);
  return {slice_of(count, owners.begin, size()).begin, slice_of(count, owners.end - 1, size()).end};
}

}  // namespace firesteel
