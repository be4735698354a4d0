// SPDX-License-Identifier: Apache-2.0
#include "train/holdings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace firesteel {
namespace {

const std::vector<Slice> kBuckets = {{0, 70'000}, {70'000, 70'100}, {70'100, 1'200'000}};

std::vector<std::string> hosts_of(int workers, int per_host) {
  std::vector<std::string> hosts;
  for (int w = 0; w < workers; ++w) hosts.push_back(cat("host", w / per_host));
  return hosts;
}

// That after the handovers each worker has exactly what it wants, from workers that had it.
void expect_complete(const std::vector<std::optional<Holdings>>& had,
                     const std::vector<Holdings>& wanted, const std::vector<Handover>& list) {
  auto size = static_cast<size_t>(kBuckets.back().end);
  auto marks = [&](const std::optional<Holdings>& holdings) {
    std::vector<char> has(size);
    if (!holdings) return has;
    each_part(kBuckets, *holdings,
              [&](Slice part) { std::fill(has.begin() + part.begin, has.begin() + part.end, 1); });
    return has;
  };
  std::vector<std::vector<char>> before;
  for (const auto& holdings : had) before.push_back(marks(holdings));
  auto after = before;
  for (const Handover& h : list) {
    auto all = [&](const std::vector<char>& of, char mark) {
      return std::all_of(of.begin() + h.part.begin, of.begin() + h.part.end,
                         [&](char m) { return m == mark; });
    };
    EXPECT_TRUE(all(before[static_cast<size_t>(h.from)], 1));
    EXPECT_TRUE(all(after[static_cast<size_t>(h.to)], 0)) << "twice";
    std::fill_n(after[static_cast<size_t>(h.to)].begin() + h.part.begin, h.part.size(), 1);
  }
  for (size_t w = 0; w < wanted.size(); ++w) {
    auto wants = marks(wanted[w]);
    for (size_t i = 0; i < size; i += 50) ASSERT_LE(wants[i], after[w][i]) << w << " lacks " << i;
  }
}

TEST(Holdings, GuardsAreOnOtherHosts) {
  for (auto [workers, per_host] : {std::pair(8, 4), {16, 4}, {16, 1}, {6, 2}}) {
    auto guards = guards_of(hosts_of(workers, per_host));
    auto wanted = wanted_holdings(guards);
    for (int w = 0; w < workers; ++w) {
      const auto& own = guards[static_cast<size_t>(w)];
      EXPECT_EQ(own.size(), kCopies - 1u);
      EXPECT_TRUE(std::ranges::any_of(own, [&](int g) { return g / per_host != w / per_host; }));
      EXPECT_EQ(std::ranges::count(own, w), 0);
      EXPECT_EQ(wanted[static_cast<size_t>(w)].ranks.size(), static_cast<size_t>(kCopies));
      EXPECT_TRUE(wanted[static_cast<size_t>(w)].has(w));
    }
  }
}

TEST(Holdings, FewWorkersHaveAll) {
  for (int workers : {1, 2, 3}) {
    for (const Holdings& own : wanted_holdings(guards_of(hosts_of(workers, 1)))) {
      EXPECT_TRUE(own.whole());
      EXPECT_EQ(Holdings::parse(own.text()), own);
    }
  }
  for (const char* wrong : {"", "3", "3 3", "3 1 0", "3 -1", "3 x", "0 0"}) {
    EXPECT_THROW(Holdings::parse(wrong), FormatError) << wrong;
  }
}

TEST(Holdings, AnyTwoMayBeLostAndOthersCome) {
  auto before = wanted_holdings(guards_of(hosts_of(7, 2)));
  for (int a = 0; a < 7; ++a) {
    for (int b = a + 1; b < 7; ++b) {
      std::vector<std::optional<Holdings>> had;
      for (int w = 0; w < 7; ++w) {
        if (w != a && w != b) had.emplace_back(before[static_cast<size_t>(w)]);
      }
      had.insert(had.begin() + 2, std::nullopt);  // a newcomer in their middle
      for (size_t extra : {0, 3}) {
        had.resize(6 + extra);
        auto guards = guards_of(hosts_of(static_cast<int>(had.size()), 1));
        auto list = handovers(kBuckets, had, guards);
        ASSERT_TRUE(list) << a << " " << b;
        expect_complete(had, wanted_holdings(guards), *list);
      }
    }
  }
}

TEST(Holdings, ThreeNeighboursMayNot) {
  auto before = wanted_holdings(guards_of(hosts_of(7, 1)));
  std::vector<std::optional<Holdings>> had(before.begin(), before.begin() + 4);
  EXPECT_FALSE(handovers(kBuckets, had, guards_of(hosts_of(4, 1))));
}

TEST(Holdings, NothingMovesWhereNobodyCameOrWent) {
  auto guards = guards_of(hosts_of(9, 3));
  auto wanted = wanted_holdings(guards);
  std::vector<std::optional<Holdings>> had(wanted.begin(), wanted.end());
  EXPECT_TRUE(handovers(kBuckets, had, guards)->empty());
}

}  // namespace
}  // namespace firesteel
