// SPDX-License-Identifier: Apache-2.0
#include "nn/segments.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace firesteel {
namespace {

constexpr size_t kNone = std::numeric_limits<size_t>::max();

// The segments that keep least between them while none is larger than `most` bytes inside.
struct Division {
  size_t kept = kNone;
  std::vector<size_t> begins;
};

Division divide(const SegmentCosts& costs, const std::vector<size_t>& before, size_t most) {
  size_t count = costs.inside.size();
  std::vector<std::vector<size_t>> made(count);  // values by where they are made
  for (size_t v = 0; v < costs.values.size(); ++v) made[costs.values[v].made].push_back(v);
  // least[i]: what positions [0, i) keep at least if a segment ends before i.
  std::vector<size_t> least(count + 1, kNone), from(count + 1, 0);
  least[0] = 0;
  for (size_t end = 1; end <= count; ++end) {
    if (end < count && !costs.cut[end - 1]) continue;
    size_t kept = 0;
    for (size_t length = 1; length <= end; ++length) {
      size_t begin = end - length;
      if (before[end] - before[begin] > most) break;
      for (size_t v : made[begin]) {
        if (costs.values[v].read >= end) kept += costs.values[v].bytes;
      }
      if (least[begin] == kNone || least[begin] + kept >= least[end]) continue;
      least[end] = least[begin] + kept;
      from[end] = begin;
    }
  }
  Division found{least[count], {}};
  for (size_t end = count; found.kept != kNone && end > 0; end = from[end]) {
    found.begins.insert(found.begins.begin(), from[end]);
  }
  return found;
}

}  // namespace

std::vector<size_t> find_segments(const SegmentCosts& costs) {
  size_t count = costs.inside.size();
  std::vector<size_t> before(count + 1, 0);
  std::partial_sum(costs.inside.begin(), costs.inside.end(), before.begin() + 1);
  // Sizes of the largest segment are tried from everything downwards, each a fifth smaller.
  std::vector<size_t> best(count > 0 ? 1 : 0, 0);
  size_t least = before[count];
  for (size_t most = before[count]; most > 0; most -= (most + 4) / 5) {
    Division division = divide(costs, before, most);
    if (division.kept == kNone) break;
    size_t largest = 0;
    for (size_t s = 0; s < division.begins.size(); ++s) {
      size_t end = s + 1 < division.begins.size() ? division.begins[s + 1] : count;
      largest = std::max(largest, before[end] - before[division.begins[s]]);
    }
    if (division.kept + largest >= least) continue;
    least = division.kept + largest;
    best = division.begins;
  }
  return best;
}

}  // namespace firesteel
