// SPDX-License-Identifier: Apache-2.0
// What schedules that go on falling forever have in common.
#pragma once

#include "train/schedules/warmed.h"

namespace firesteel {

struct Fading : Warmed {
  int64_t decay_steps = 1;
  bool staircase = false;

 protected:
  // How many times decay_steps are over.
  double times(const FitTime& at) const {
    double count = static_cast<double>(counted(at)) / static_cast<double>(decay_steps);
    return staircase ? std::floor(count) : count;
  }
};

inline constexpr auto kDecaySteps = attr("decay_steps", &Fading::decay_steps,
                                         "iterations (epochs) in which it falls once", positive);
inline constexpr auto kStaircase =
    attr("staircase", &Fading::staircase, "fall at the end of these only");

template <class Derived>
using FadingOf = DescribedBy<Derived, Fading>;

}  // namespace firesteel
