// SPDX-License-Identifier: Apache-2.0
// Holdings: which parts of the optimizer's state a worker has at a group's boundary. Each worker updates
// its own slices of the buckets (ZeRO stage 1: Rajbhandari et al., "ZeRO: Memory Optimizations Toward
// Training Trillion Parameter Models", SC 2020); some others guard a copy of them, so that a fit goes
// on from its last boundary when workers are lost.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "train/buckets.h"

namespace firesteel {

// Of every slice, its owner's included: any two workers may be lost at once.
constexpr int kCopies = 3;

struct Holdings {
  int size = 1;  // of the group whose slices they are
  std::vector<int> ranks = {0};  // whose slices, sorted

  bool has(int rank) const;
  bool whole() const { return static_cast<int>(ranks.size()) == size; }
  std::string text() const;
  static Holdings parse(const std::string& text);  // throws FormatError
  friend bool operator==(const Holdings&, const Holdings&) = default;
};

// Who guards the slices of whom, by rank: workers on other hosts where there are some, each as many as
// every other. hosts: by rank.
std::vector<std::vector<int>> guards_of(std::span<const std::string> hosts);
// Where everybody has all of the state anyway: everybody else.
std::vector<std::vector<int>> all_as_guards(int workers);
// What each worker is to have, by rank: its own slices and those that it guards.
std::vector<Holdings> wanted_holdings(const std::vector<std::vector<int>>& guards);

// The slice of a bucket that goes from one worker to another.
struct Handover {
  int from = 0, to = 0;
  Slice part;
};
// Calls part(slice of the flat buffer) for all that a worker has.
template <class Part>
void each_part(const std::vector<Slice>& buckets, const Holdings& holdings, const Part& part) {
  for (Slice bucket : buckets) {
    for (int rank : holdings.ranks) part(owned(bucket, rank, holdings.size));
  }
}
// What goes from whom to whom so that all have what they are to have with these guards; the same list on
// every worker. None where a part is on no worker. had: nothing where a worker has none of the state.
std::optional<std::vector<Handover>> handovers(const std::vector<Slice>& buckets,
                                               std::span<const std::optional<Holdings>> had,
                                               const std::vector<std::vector<int>>& guards);

}  // namespace firesteel
