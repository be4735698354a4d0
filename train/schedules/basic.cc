// SPDX-License-Identifier: Apache-2.0
// Learning-rate schedules. Each has an optional linear warm-up: lr grows from warmup_start of its
// value to the whole over the first iterations (Goyal et al., 2017).
#include <algorithm>
#include <cmath>

#include "train/optimizer.h"

namespace firesteel {
namespace {

struct Warmup {
  int64_t iterations = 0;
  float start = 0.1f;
  double factor(int64_t step) const {
    if (step >= iterations) return 1.0;
    double done = static_cast<double>(step) / static_cast<double>(iterations);
    return start + (1.0 - start) * done;
  }
};

}  // namespace

// Constant: lr.
struct Constant final : ScheduleOf<Constant> {
  int64_t warmup = 0;
  float warmup_start = 0.1f;
  static constexpr auto schema() {
    return Schema{"Constant", "schedule", "The same learning rate at every iteration.",
                  attr("warmup", &Constant::warmup, "iterations of linear warm-up", nonnegative),
                  attr("warmup_start", &Constant::warmup_start,
                       "share of lr that the warm-up begins with", nonnegative)};
  }
  double factor(int64_t step, int64_t) const override {
    return Warmup{warmup, warmup_start}.factor(step);
  }
};
FIRESTEEL_REGISTER(Schedule, Constant);

// Step: lr gamma^(step / every), rounded down.
struct Step final : ScheduleOf<Step> {
  int64_t every = 1;
  float gamma = 0.1f;
  int64_t warmup = 0;
  float warmup_start = 0.1f;
  static constexpr auto schema() {
    return Schema{"Step",
                  "schedule",
                  "Multiplies the learning rate by gamma every few iterations.",
                  required("every", &Step::every, "iterations between two changes", positive),
                  attr("gamma", &Step::gamma, "factor of a change", positive),
                  attr("warmup", &Step::warmup, "iterations of linear warm-up", nonnegative),
                  attr("warmup_start", &Step::warmup_start,
                       "share of lr that the warm-up begins with", nonnegative)};
  }
  double factor(int64_t step, int64_t) const override {
    return Warmup{warmup, warmup_start}.factor(step) *
           std::pow(static_cast<double>(gamma), static_cast<double>(step / every));
  }
};
FIRESTEEL_REGISTER(Schedule, Step);

// Poly: lr (1 - step / total)^power, counted after the warm-up.
struct Poly final : ScheduleOf<Poly> {
  float power = 0.5f;
  int64_t warmup = 0;
  float warmup_start = 0.1f;
  static constexpr auto schema() {
    return Schema{"Poly",
                  "schedule",
                  "Lowers the learning rate to zero at the fit's end along a "
                  "power of the remaining share of iterations.",
                  attr("power", &Poly::power, "exponent", positive),
                  attr("warmup", &Poly::warmup, "iterations of linear warm-up", nonnegative),
                  attr("warmup_start", &Poly::warmup_start,
                       "share of lr that the warm-up begins with", nonnegative)};
  }
  double factor(int64_t step, int64_t total) const override {
    if (step < warmup) return Warmup{warmup, warmup_start}.factor(step);
    double length = static_cast<double>(std::max<int64_t>(1, total - warmup));
    double left = 1.0 - static_cast<double>(step - warmup) / length;
    return std::pow(std::max(0.0, left), static_cast<double>(power));
  }
};
FIRESTEEL_REGISTER(Schedule, Poly);

}  // namespace firesteel
