// SPDX-License-Identifier: Apache-2.0
// When a fit ends before its last epoch.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "train/optimizer.h"

namespace firesteel {

// Asked after each epoch.
class Trigger : public Described {
 public:
  static constexpr const char* kRole = "trigger";
  virtual bool fires(const FitTime& at) const = 0;
  // The results that it looks at.
  virtual std::vector<std::string> watched() const { return {}; }
};

template <class Derived>
using TriggerOf = DescribedBy<Derived, Trigger>;

}  // namespace firesteel
