// SPDX-License-Identifier: Apache-2.0
// PlanWatch: is told by a plan how far it has got in the flat buffer, so that parameters can arrive
// and gradients leave while it runs.
#pragma once

#include <cstddef>

namespace firesteel {

// Parts are numbered as Plan::divide() got them. Any of these may throw, which ends the run.
class PlanWatch {
 public:
  virtual ~PlanWatch() = default;
  // Before each step of the plan.
  virtual void step() = 0;
  // The first layer that reads parameters of this part is about to run forward.
  virtual void reads(size_t part) = 0;
  // The gradients of this part are final.
  virtual void wrote(size_t part) = 0;
};

}  // namespace firesteel
