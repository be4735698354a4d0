// SPDX-License-Identifier: Apache-2.0
#include "nn/beam_search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/rng.h"

namespace firesteel {
namespace {

constexpr int64_t kVocabulary = 3, kEnd = 2;

// A net that remembers everything: any sequence has probabilities of its own.
std::vector<double> log_probabilities(const std::vector<int64_t>& sequence) {
  uint64_t key = 5;
  for (int64_t id : sequence) key = mix(key, static_cast<uint64_t>(id));
  Rng rng(key);
  std::vector<double> numbers;
  double sum = 0;
  for (int64_t i = 0; i < kVocabulary; ++i) {
    numbers.push_back(2 * rng.normal());
    sum += std::exp(numbers.back());
  }
  for (double& v : numbers) v -= std::log(sum);
  return numbers;
}

std::vector<int64_t> sequence_of(const BeamStep& step, int64_t beam) {
  const int64_t* ids = step.ids + beam * step.length;
  return {ids, ids + step.length};
}

const auto kModel = [](const BeamStep& step, float* to) {
  for (int64_t b = 0; b < step.rows * step.beams; ++b) {
    for (double v : log_probabilities(sequence_of(step, b))) *to++ = static_cast<float>(v);
  }
};

// All finished sequences, best first.
void add_all(std::vector<int64_t> sequence, double sum, const BeamSearch::Options& options,
             std::vector<BeamSequence>& found) {
  auto next = log_probabilities(sequence);
  auto length = static_cast<int64_t>(sequence.size());
  for (int64_t id = 0; id < kVocabulary; ++id) {
    std::vector<int64_t> longer = sequence;
    longer.push_back(id);
    double total = sum + next[static_cast<size_t>(id)];
    if (id == kEnd) {
      double penalty = std::pow((5 + static_cast<double>(length)) / 6, options.alpha);
      found.push_back({{longer.begin() + 1, longer.end()}, total / penalty, true});
    } else if (length < options.max_length) {
      add_all(longer, total, options, found);
    }
  }
}
std::vector<BeamSequence> all_sequences(int64_t first, const BeamSearch::Options& options) {
  std::vector<BeamSequence> found;
  add_all({first}, 0, options, found);
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a.score > b.score; });
  return found;
}

BeamSearch::Options options_of(int64_t beams, int64_t max_length, double alpha) {
  return {.vocabulary = kVocabulary,
          .end = kEnd,
          .max_length = max_length,
          .beams = beams,
          .alpha = alpha};
}

TEST(BeamSearch, FindsAllSequencesWhereThereAreBeamsForThem) {
  for (double alpha : {0.0, 0.6, 1.5}) {
    auto options = options_of(81, 4, alpha);
    auto found = BeamSearch(options).run({0, 1}, kModel);
    ASSERT_EQ(found.size(), 2u);
    for (int64_t row = 0; row < 2; ++row) {
      auto expected = all_sequences(row, options);
      const auto& got = found[static_cast<size_t>(row)];
      ASSERT_EQ(got.size(), 15u);
      ASSERT_EQ(expected.size(), 15u);
      for (size_t i = 0; i < got.size(); ++i) {
        EXPECT_EQ(got[i].ids, expected[i].ids) << i;
        EXPECT_NEAR(got[i].score, expected[i].score, 1e-5);
        EXPECT_TRUE(got[i].finished);
      }
    }
  }
}

// With a beam for every sequence that goes on nothing is lost, and the search may stop early.
TEST(BeamSearch, FindsTheBestOneWithFewBeams) {
  for (double alpha : {0.0, 0.6, 1.5}) {
    for (int64_t first = 0; first < 8; ++first) {
      auto options = options_of(8, 4, alpha);
      auto best = BeamSearch(options).run({first}, kModel)[0][0];
      EXPECT_EQ(best.ids, all_sequences(first, options)[0].ids) << first;
    }
  }
}

TEST(BeamSearch, TellsWhichBeamEachOneContinues) {
  std::vector<std::vector<int64_t>> states;
  auto check = [&](const BeamStep& step, float* to) {
    std::vector<std::vector<int64_t>> next;
    for (int64_t b = 0; b < step.rows * step.beams; ++b) {
      std::vector<int64_t> state;
      int64_t row = b / step.beams;
      if (step.length > 1) state = states[static_cast<size_t>(row * step.beams + step.parents[b])];
      state.push_back(step.ids[(b + 1) * step.length - 1]);
      EXPECT_EQ(state, sequence_of(step, b));
      next.push_back(state);
    }
    states = next;
    kModel(step, to);
  };
  // So many beams that none ends the search before the last step.
  BeamSearch(options_of(20, 4, 0.6)).run({0, 1, 0}, check);
  EXPECT_EQ(states[0].size(), 4u);
}

TEST(BeamSearch, RowsDoNotMatterToEachOther) {
  BeamSearch search(options_of(2, 6, 0.6));
  auto together = search.run({0, 1, 4}, kModel);
  for (size_t row = 0; row < 3; ++row) {
    auto alone = search.run({std::vector<int64_t>{0, 1, 4}[row]}, kModel)[0];
    ASSERT_EQ(together[row].size(), alone.size());
    for (size_t i = 0; i < alone.size(); ++i) EXPECT_EQ(together[row][i].ids, alone[i].ids);
  }
}

TEST(BeamSearch, StopsWhenNoBeamCanBecomeBetter) {
  int64_t calls = 0;
  auto sure = [&](const BeamStep& step, float* to) {
    ++calls;
    for (int64_t b = 0; b < step.rows * step.beams; ++b) {
      for (double p : {0.01, 0.01, 0.98}) *to++ = static_cast<float>(std::log(p));
    }
  };
  auto found = BeamSearch(options_of(1, 50, 0)).run({0}, sure);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(found[0][0].ids, (std::vector<int64_t>{kEnd}));
}

TEST(BeamSearch, GivesUnfinishedSequencesWhereNoneEnds) {
  auto endless = [](const BeamStep& step, float* to) {
    for (int64_t b = 0; b < step.rows * step.beams; ++b) {
      *to++ = std::log(0.25f), *to++ = std::log(0.75f), *to++ = -INFINITY;
    }
  };
  auto found = BeamSearch(options_of(3, 2, 0)).run({0}, endless);
  ASSERT_EQ(found[0].size(), 3u);
  EXPECT_FALSE(found[0][0].finished);
  EXPECT_EQ(found[0][0].ids, (std::vector<int64_t>{1, 1}));
  EXPECT_NEAR(found[0][0].score, 2 * std::log(0.75), 1e-6);
}

TEST(BeamSearch, ChecksItsOptions) {
  auto error_of = [](BeamSearch::Options options) -> std::string {
    try {
      BeamSearch search(options);
    } catch (const AttrError& e) {
      return e.what();
    }
    return "";
  };
  EXPECT_EQ(error_of(options_of(0, 4, 0)), "BeamSearch.beams: must be > 0, got 0");
  EXPECT_EQ(error_of({.vocabulary = 2, .end = 2, .max_length = 3}),
            "BeamSearch.end: must be an id below 2, got 2");
  EXPECT_EQ(error_of(options_of(1, 4, -1)), "BeamSearch.alpha: must be >= 0, got -1");
}

}  // namespace
}  // namespace firesteel
