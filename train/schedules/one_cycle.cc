// SPDX-License-Identifier: Apache-2.0
// OneCycle: from lr / div_factor up to lr, and down to the first one / final_div_factor. Smith and Topin,
// "Super-Convergence: Very Fast Training of Neural Networks Using Large Learning Rates", 2018, in
// PyTorch's form. Momentum stays as it is.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/names.h"
#include "train/optimizer.h"

namespace firesteel {
namespace {

constexpr Names<2> kStrategies = {"cos", "linear"};

struct OneCycle final : ScheduleOf<OneCycle> {
  float pct_start = 0.3f, div_factor = 25, final_div_factor = 1e4f;
  std::string anneal_strategy = "cos";
  bool three_phase = false;
  int64_t length = 0;

  static constexpr auto schema() {
    return Schema{
        "OneCycle",
        "schedule",
        "Raises the learning rate to lr, and lowers it to almost nothing.",
        attr("pct_start", &OneCycle::pct_start, "share of iterations in which it grows", fraction),
        attr("div_factor", &OneCycle::div_factor, "what lr is divided by at the beginning",
             positive),
        attr("final_div_factor", &OneCycle::final_div_factor,
             "what that is divided by once more at the end", positive),
        attr("anneal_strategy", &OneCycle::anneal_strategy, "'cos' or 'linear'"),
        attr("three_phase", &OneCycle::three_phase,
             "come back to the beginning as fast as from there before the rest"),
        attr("length", &OneCycle::length, "iterations of the cycle; 0: all that the fit has",
             nonnegative)};
  }
  void check() const override {
    value_of<size_t>(anneal_strategy, kStrategies, "OneCycle.anneal_strategy");
  }
  bool needs_total() const override { return length == 0; }

  double factor(const FitTime& at) const override {
    double first = 1 / double{div_factor}, last = first / double{final_div_factor};
    auto steps = static_cast<double>(std::max<int64_t>(2, length > 0 ? length : at.total));
    double top = double{pct_start} * steps - 1, back = 2 * top, end = steps - 1;
    auto step = static_cast<double>(at.step);
    if (step <= top) return between(first, 1, top > 0 ? step / top : 1);
    if (!three_phase) return between(1, last, (step - top) / (end - top));
    if (step <= back) return between(1, first, (step - top) / (back - top));
    return between(first, last, (step - back) / (end - back));
  }

 private:
  double between(double from, double to, double share) const {
    share = std::clamp(share, 0.0, 1.0);
    if (anneal_strategy == "linear") return from + (to - from) * share;
    return to + (from - to) / 2 * (1 + std::cos(std::numbers::pi * share));
  }
};
FIRESTEEL_REGISTER(Schedule, OneCycle);

}  // namespace
}  // namespace firesteel
