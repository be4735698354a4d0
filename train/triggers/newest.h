// SPDX-License-Identifier: Apache-2.0
// The newest result of an epoch.
#pragma once

#include <cmath>

#include "train/trigger.h"

namespace firesteel {

// Not a number where there is none yet.
inline double newest(const FitTime& at, const std::string& name) {
  double value = std::nan("");
  for (const Observation& seen : at.observed) {
    if (seen.step <= at.step && seen.has(name)) value = seen.of(name);
  }
  return value;
}

}  // namespace firesteel
