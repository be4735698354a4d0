// SPDX-License-Identifier: Apache-2.0
// Cosine: lr (min_factor + (1 - min_factor) (1 + cos(pi t)) / 2), where t goes from 0 to 1 over the fit after its
// warm-up, or again and again, each time period_factor times as long. Loshchilov and Hutter, "SGDR:
// Stochastic Gradient Descent with Warm Restarts", ICLR 2017.
#include <numbers>

#include "train/schedules/warmed.h"

namespace firesteel {
namespace {

struct Cosine final : WarmedOf<Cosine> {
  float min_factor = 0;
  int64_t period = 0, period_factor = 1;

  static constexpr auto schema() {
    return Schema{
        "Cosine",
        "schedule",
        "Lowers the learning rate along half a wave of the cosine, with restarts if asked for.",
        attr("min_factor", &Cosine::min_factor, "share of lr at the end", nonnegative),
        attr("period", &Cosine::period,
             "iterations (epochs) until the first restart; 0: there is none", nonnegative),
        attr("period_factor", &Cosine::period_factor,
             "how many times longer than before it is until the next", positive),
        kByEpoch,
        kWarmup,
        kWarmupStart,
        kWarmupEpochs};
  }
  bool needs_total() const override { return period == 0; }
  double shape(const FitTime& at) const override {
    double least = min_factor;
    return least + (1 - least) * (1 + std::cos(std::numbers::pi * way(at))) / 2;
  }

 private:
  double way(const FitTime& at) const {
    if (period == 0) return share(at, 0);
    int64_t whole = period * (by_epoch ? at.epoch_steps : 1), gone = since_warmup(at);
    if (period_factor == 1) gone %= whole;
    for (; gone >= whole; whole *= period_factor) gone -= whole;
    return static_cast<double>(gone) / static_cast<double>(whole);
  }
};
FIRESTEEL_REGISTER(Schedule, Cosine);

}  // namespace
}  // namespace firesteel
