// SPDX-License-Identifier: Apache-2.0
// Learning-rate schedules. Each has an optional linear warm-up: lr grows from warmup_start of its
// value to the whole over the first iterations (Goyal et al., 2017).
#include <algorithm>
#include <cmath>

#include "train/optimizer.h"

namespace firesteel {
namespace {

struct Warmed : Schedule {
  int64_t warmup = 0;
  float warmup_start = 0.1f;

  double warmup_factor(int64_t step) const {
    if (step >= warmup) return 1.0;
    double done = static_cast<double>(step) / static_cast<double>(warmup);
    return warmup_start + (1.0 - warmup_start) * done;
  }
};
constexpr auto kWarmup =
    attr("warmup", &Warmed::warmup, "iterations of linear warm-up", nonnegative);
constexpr auto kWarmupStart = attr("warmup_start", &Warmed::warmup_start,
                                   "share of lr that the warm-up begins with", nonnegative);

template <class Derived>
using WarmedOf = DescribedBy<Derived, Warmed>;

}  // namespace

// Constant: lr.
struct Constant final : WarmedOf<Constant> {
  static constexpr auto schema() {
    return Schema{"Constant", "schedule", "The same learning rate at every iteration.", kWarmup,
                  kWarmupStart};
  }
  double factor(int64_t step, int64_t) const override { return warmup_factor(step); }
};
FIRESTEEL_REGISTER(Schedule, Constant);

// Step: lr gamma^(step / every), rounded down.
struct Step final : WarmedOf<Step> {
  int64_t every = 1;
  float gamma = 0.1f;
  static constexpr auto schema() {
    return Schema{"Step",
                  "schedule",
                  "Multiplies the learning rate by gamma every few iterations.",
                  required("every", &Step::every, "iterations between two changes", positive),
                  attr("gamma", &Step::gamma, "factor of a change", positive),
                  kWarmup,
                  kWarmupStart};
  }
  double factor(int64_t step, int64_t) const override {
    return warmup_factor(step) *
           std::pow(static_cast<double>(gamma), static_cast<double>(step / every));
  }
};
FIRESTEEL_REGISTER(Schedule, Step);

// Poly: lr (1 - step / total)^power, counted after the warm-up.
struct Poly final : WarmedOf<Poly> {
  float power = 0.5f;
  static constexpr auto schema() {
    return Schema{"Poly",
                  "schedule",
                  "Lowers the learning rate to zero at the fit's end along a "
                  "power of the remaining share of iterations.",
                  attr("power", &Poly::power, "exponent", positive),
                  kWarmup,
                  kWarmupStart};
  }
  double factor(int64_t step, int64_t total) const override {
    if (step < warmup) return warmup_factor(step);
    double length = static_cast<double>(std::max<int64_t>(1, total - warmup));
    double left = 1.0 - static_cast<double>(step - warmup) / length;
    return std::pow(std::max(0.0, left), static_cast<double>(power));
  }
};
FIRESTEEL_REGISTER(Schedule, Poly);

}  // namespace firesteel
