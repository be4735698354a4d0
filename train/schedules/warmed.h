// SPDX-License-Identifier: Apache-2.0
// What schedules have in common: an optional linear warm-up, in which lr grows from warmup_start of its value
// to the whole over the first iterations (Goyal et al., "Accurate, Large Minibatch SGD", 2017), and
// that iterations or epochs may be counted. Schedules that tell what happens when (Step, Regimes, ...)
// count from the fit's beginning; those that stretch over its rest (Poly, Cosine, ...) from the warm-up's end.
#pragma once

#include <algorithm>
#include <cmath>

#include "train/optimizer.h"

namespace firesteel {

struct Warmed : Schedule {
  int64_t warmup = 0;
  float warmup_epochs = 0, warmup_start = 0.1f;
  bool by_epoch = false;

  double factor(const FitTime& at) const final { return warmth(at) * shape(at); }
  // The factor but for the warm-up.
  virtual double shape(const FitTime& at) const = 0;

 protected:
  // Iterations of the warm-up.
  int64_t warm_steps(const FitTime& at) const {
    return warmup + std::llround(double{warmup_epochs} * static_cast<double>(at.epoch_steps));
  }
  // Iterations, or whole epochs, that are over.
  int64_t counted(const FitTime& at) const { return by_epoch ? at.step / at.epoch_steps : at.step; }
  // Iterations since the warm-up; with by_epoch to the beginning of the epoch.
  int64_t since_warmup(const FitTime& at) const {
    int64_t gone = std::max<int64_t>(0, at.step - warm_steps(at));
    return by_epoch ? gone / at.epoch_steps * at.epoch_steps : gone;
  }
  // How much of `length` iterations or epochs after the warm-up, 0: of all the fit has, is over: 0 to 1.
  double share(const FitTime& at, int64_t length) const {
    int64_t whole =
        length > 0 ? length * (by_epoch ? at.epoch_steps : 1) : at.total - warm_steps(at);
    return std::min(1.0, static_cast<double>(since_warmup(at)) /
                             static_cast<double>(std::max<int64_t>(1, whole)));
  }

 private:
  double warmth(const FitTime& at) const {
    int64_t steps = warm_steps(at);
    if (at.step >= steps) return 1;
    double start = at.warmup_start > 0 ? at.warmup_start : double{warmup_start};
    return start + (1 - start) * static_cast<double>(at.step) / static_cast<double>(steps);
  }
};

inline constexpr auto kWarmup =
    attr("warmup", &Warmed::warmup, "iterations of linear warm-up", nonnegative);
inline constexpr auto kWarmupEpochs = attr("warmup_epochs", &Warmed::warmup_epochs,
                                           "epochs of it, beside these iterations", nonnegative);
inline constexpr auto kWarmupStart = attr("warmup_start", &Warmed::warmup_start,
                                          "share of lr that the warm-up begins with", nonnegative);
inline constexpr auto kByEpoch =
    attr("by_epoch", &Warmed::by_epoch, "count whole epochs instead of iterations");

template <class Derived>
using WarmedOf = DescribedBy<Derived, Warmed>;

}  // namespace firesteel
