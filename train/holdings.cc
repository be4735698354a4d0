// SPDX-License-Identifier: Apache-2.0
#include "train/holdings.h"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "core/error.h"

namespace firesteel {
namespace {

// Ranks in a ring in which neighbours are on different hosts as far as possible: every host's first
// worker, then every host's second, and so on.
std::vector<int> ring_of(std::span<const std::string> hosts) {
  std::map<std::string, int> seen;
  std::vector<std::pair<int, int>> turns;  // of its host's workers, and rank
  for (size_t r = 0; r < hosts.size(); ++r) {
    turns.emplace_back(hosts[r].empty() ? 0 : seen[hosts[r]]++, static_cast<int>(r));
  }
  std::ranges::sort(turns);
  std::vector<int> ring;
  for (auto [turn, rank] : turns) ring.push_back(rank);
  return ring;
}

// [begin, end) of a bucket, cut wherever the slices of one of the sizes begin.
std::vector<int64_t> cuts_of(Slice bucket, const std::set<int>& sizes) {
  std::set<int64_t> cuts{bucket.begin, bucket.end};
  for (int size : sizes) {
    for (int rank = 1; rank < size; ++rank) cuts.insert(owned(bucket, rank, size).begin);
  }
  return {cuts.begin(), cuts.end()};
}

// Whose slice of the bucket has the element.
int owner_of(Slice bucket, int64_t element, int size) {
  int low = 0, high = size - 1;  // the first whose slice ends behind it
  while (low < high) {
    int middle = (low + high) / 2;
    if (owned(bucket, middle, size).end > element) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

}  // namespace

bool Holdings::has(int rank) const { return std::ranges::binary_search(ranks, rank); }

std::string Holdings::text() const {
  std::string text = cat(size);
  for (int rank : ranks) text += cat(" ", rank);
  return text;
}

Holdings Holdings::parse(const std::string& text) {
  std::istringstream in(text);
  Holdings holdings{0, {}};
  in >> holdings.size;
  for (int rank = 0; in >> rank;) holdings.ranks.push_back(rank);
  bool valid = in.eof() && !holdings.ranks.empty() && std::ranges::is_sorted(holdings.ranks) &&
               holdings.ranks.front() >= 0 && holdings.ranks.back() < holdings.size;
  require<FormatError>(valid, "holdings: must be a size and sorted ranks below it, got '", text,
                       "'");
  return holdings;
}

std::vector<std::vector<int>> guards_of(std::span<const std::string> hosts) {
  std::vector<int> ring = ring_of(hosts);
  std::vector<std::vector<int>> guards(ring.size());
  size_t others = std::min<size_t>(kCopies, ring.size()) - 1;
  for (size_t at = 0; at < ring.size(); ++at) {
    auto& own = guards[static_cast<size_t>(ring[at])];
    for (size_t next = 1; next <= others; ++next) own.push_back(ring[(at + next) % ring.size()]);
  }
  return guards;
}

std::vector<std::vector<int>> all_as_guards(int workers) {
  std::vector<std::vector<int>> guards(static_cast<size_t>(workers));
  for (int owner = 0; owner < workers; ++owner) {
    for (int guard = 0; guard < workers; ++guard) {
      if (guard != owner) guards[static_cast<size_t>(owner)].push_back(guard);
    }
  }
  return guards;
}

std::vector<Holdings> wanted_holdings(const std::vector<std::vector<int>>& guards) {
  auto size = static_cast<int>(guards.size());
  std::vector<Holdings> wanted;
  for (int rank = 0; rank < size; ++rank) wanted.push_back({size, {rank}});
  for (int rank = 0; rank < size; ++rank) {
    for (int guard : guards[static_cast<size_t>(rank)]) {
      wanted[static_cast<size_t>(guard)].ranks.push_back(rank);
    }
  }
  for (Holdings& holdings : wanted) std::ranges::sort(holdings.ranks);
  return wanted;
}

std::optional<std::vector<Handover>> handovers(const std::vector<Slice>& buckets,
                                               std::span<const std::optional<Holdings>> had,
                                               const std::vector<std::vector<int>>& guards) {
  auto workers = guards.size();
  std::set<int> sizes{static_cast<int>(workers)};
  for (const auto& holdings : had) {
    if (holdings) sizes.insert(holdings->size);
  }
  std::vector<Handover> list;
  std::map<std::pair<int, int>, size_t> newest;  // by sender and receiver
  auto add = [&](int from, int to, Slice part) {
    auto last = newest.find({from, to});
    if (last != newest.end() && list[last->second].part.end == part.begin) {
      list[last->second].part.end = part.end;
    } else {
      newest[{from, to}] = list.size();
      list.push_back({from, to, part});
    }
  };
  for (Slice bucket : buckets) {
    auto cuts = cuts_of(bucket, sizes);
    for (size_t c = 0; c + 1 < cuts.size(); ++c) {
      Slice part{cuts[c], cuts[c + 1]};
      std::map<int, int> owner;  // by size
      for (int size : sizes) owner[size] = owner_of(bucket, part.begin, size);
      auto has = [&](size_t worker) {
        return had[worker] && had[worker]->has(owner[had[worker]->size]);
      };
      int own = owner[static_cast<int>(workers)];
      std::vector<int> wanting = guards[static_cast<size_t>(own)];
      wanting.push_back(own);
      for (int receiver : wanting) {
        auto to = static_cast<size_t>(receiver);
        if (has(to)) continue;
        // Senders differ from receiver to receiver, so that none has to send everything.
        size_t step = 1;
        while (step < workers && !has((to + step) % workers)) ++step;
        if (step == workers) return std::nullopt;
        add(static_cast<int>((to + step) % workers), receiver, part);
      }
    }
  }
  return list;
}

}  // namespace firesteel
