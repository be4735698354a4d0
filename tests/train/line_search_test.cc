// SPDX-License-Identifier: Apache-2.0
#include "train/optimizers/line_search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

namespace firesteel::testing {
namespace {

using Verdict = LineSearch::Verdict;

struct Line {
  std::function<double(double)> loss, slope;
  LinePoint at(double step) const { return {step, loss(step), slope(step)}; }
};

bool falls_enough(LinePoint start, LinePoint seen, double c1 = 1e-4) {
  return seen.loss <= start.loss + c1 * seen.step * start.slope;
}

struct Found {
  Verdict verdict;
  LinePoint start, last, best;
  std::vector<LinePoint> seen;  // from the start
};

Found search(const Line& line, double first, const WolfeRules& rules, double reach = 1) {
  LineSearch search;
  search.begin(line.at(0), first);
  Found found{Verdict::go_on, line.at(0), {}, {}, {line.at(0)}};
  while (found.verdict == Verdict::go_on && found.seen.size() < 100) {
    found.last = line.at(search.trial());
    found.seen.push_back(found.last);
    found.verdict = search.take(found.last, reach, rules);
    found.best = search.best();
  }
  return found;
}

// Functions 1 and 2 of Moré and Thuente, "Line Search Algorithms with Guaranteed Sufficient Decrease",
// 1994, a parabola and one with many minima.
const Line kParabola = {[](double t) { return (t - 3) * (t - 3); },
                        [](double t) { return 2 * (t - 3); }};
const Line kConvexThenConcave = {[](double t) { return -t / (t * t + 2); },
                                 [](double t) { return (t * t - 2) / std::pow(t * t + 2, 2); }};
constexpr double kB = 0.004;
const Line kSteep = {[](double t) { return std::pow(t + kB, 5) - 2 * std::pow(t + kB, 4); },
                     [](double t) { return 5 * std::pow(t + kB, 4) - 8 * std::pow(t + kB, 3); }};
const Line kWaves = {[](double t) { return (t - 4) * (t - 4) + 3 * std::cos(5 * t + 2); },
                     [](double t) { return 2 * (t - 4) - 15 * std::sin(5 * t + 2); }};

TEST(LineSearch, EndsWhereTheStrongWolfeConditionsHold) {
  for (const Line& line : {kParabola, kConvexThenConcave, kSteep, kWaves}) {
    for (double first : {1e-3, 0.1, 1.0, 10.0, 1e3}) {
      for (double c2 : {0.9, 0.1, 1e-3}) {
        WolfeRules rules{.c2 = c2};
        Found found = search(line, first, rules);
        ASSERT_EQ(found.verdict, Verdict::accept) << "from " << first << ", c2 " << c2;
        EXPECT_TRUE(falls_enough(found.start, found.last));
        EXPECT_LE(std::abs(found.last.slope), c2 * std::abs(found.start.slope));
        for (const LinePoint& one : found.seen) {
          EXPECT_TRUE(found.last.loss <= one.loss || !falls_enough(found.start, one));
        }
        EXPECT_EQ(found.best.step, found.last.step);
      }
    }
  }
}

TEST(LineSearch, NarrowRulesFindMinima) {
  WolfeRules narrow{.c2 = 1e-5, .most_evaluations = 60};
  EXPECT_NEAR(search(kParabola, 0.1, narrow).last.step, 3, 1e-4);
  EXPECT_NEAR(search(kConvexThenConcave, 0.1, narrow).last.step, std::sqrt(2), 1e-3);
  EXPECT_NEAR(search(kSteep, 0.1, narrow).last.step, 1.6 - kB, 1e-3);
}

// A cubic is met by its first interpolation.
TEST(LineSearch, InterpolatesByCubics) {
  auto at = [](double t) { return LinePoint{t, t * t * t - 3 * t, 3 * t * t - 3}; };
  EXPECT_NEAR(cubic_minimum(at(0), at(3), 0, 3), 1, 1e-12);
  EXPECT_NEAR(cubic_minimum(at(3), at(0), 0, 3), 1, 1e-12);
  EXPECT_EQ(cubic_minimum(at(0), at(3), 1.5, 3), 1.5);
  EXPECT_EQ(cubic_minimum(at(0), at(3), 0, 0.5), 0.5);
  EXPECT_EQ(cubic_minimum({0, 0, -1}, {1, -1, -1}, 2, 4), 3);  // a straight line has none
}

TEST(LineSearch, StepsGrowUntilTheLossRises) {
  Found found = search(kParabola, 1e-3, {.c2 = 0.01});
  for (size_t i = 1; i + 1 < found.seen.size(); ++i) {
    if (found.seen[i].loss >= found.seen[i - 1].loss) break;
    double grows = found.seen[i + 1].step / found.seen[i].step;
    if (found.seen[i + 1].step < 3) {
      EXPECT_LE(grows, 10 + 1e-9);
    }
    EXPECT_GE(grows, 1.009);
  }
}

TEST(LineSearch, GivesTheBestWhereItMayNotGoOn) {
  // So many are not enough to get near: steps grow tenfold at most.
  Found few = search(kParabola, 1e-6, {.c2 = 0.01, .most_evaluations = 3});
  EXPECT_EQ(few.seen.size(), 1 + 4u);
  EXPECT_EQ(few.verdict, Verdict::accept);
  EXPECT_EQ(few.best.step, few.last.step);
  // Too far at first, and no more than that.
  Found far = search(kWaves, 1e6, {.c2 = 1e-9, .most_evaluations = 4});
  EXPECT_EQ(far.seen.size(), 1 + 5u);
  EXPECT_EQ(far.verdict == Verdict::accept, far.best.step == far.last.step);
  // The interval is a point: nothing moves so little as to matter.
  Found point = search(kParabola, 1e3, {}, 1e-13);
  EXPECT_EQ(point.seen.size(), 2u);
  EXPECT_EQ(point.verdict, Verdict::take_best);
  EXPECT_EQ(point.best.step, 0);
}

// As where rounding hides what is left to gain.
TEST(LineSearch, ASlopeThatPromisesTooMuchLeavesTheStart) {
  Line never = {[](double t) { return t; }, [](double) { return -1e-3; }};
  Found found = search(never, 1, {});
  EXPECT_EQ(found.verdict, Verdict::take_best);
  EXPECT_EQ(found.best.step, 0);
  EXPECT_LE(found.seen.size(), 1 + 26u);
}

TEST(LineSearch, BestIsTheLowestOfWhatFallsEnough) {
  for (const Line& line : {kConvexThenConcave, kSteep, kWaves}) {
    for (double first : {0.01, 1.0, 30.0}) {
      LineSearch search;
      search.begin(line.at(0), first);
      double least = line.at(0).loss;
      for (int i = 0; i < 12; ++i) {
        LinePoint seen = line.at(search.trial());
        if (falls_enough(line.at(0), seen)) least = std::min(least, seen.loss);
        auto verdict = search.take(seen, 1, {.c2 = 1e-9});
        ASSERT_EQ(search.best().loss, least);
        if (verdict != Verdict::go_on) break;
      }
    }
  }
}

}  // namespace
}  // namespace firesteel::testing
