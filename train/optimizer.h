// SPDX-License-Identifier: Apache-2.0
// Optimizers and learning-rate schedules. An optimizer updates any part of the flat buffer from
// that part of the gradient alone, so workers update the slices that they own.
#pragma once

#include <array>
#include <cstdint>

#include "core/registry.h"
#include "core/schema.h"

namespace firesteel {

constexpr int kMostStates = 4;

// Equally long parts of the flat buffers.
struct Update {
  float* values;
  const float* gradients;                    // of the mean loss
  std::array<float*, kMostStates> states{};  // Optimizer::states() of them, zero at first
  int64_t count;
  float lr;
  int64_t step;  // counted from 0
  bool decay;    // weight decay applies to these parameters
};

class Optimizer : public Described {
 public:
  static constexpr const char* kRole = "optimizer";
  virtual int states() const = 0;  // buffers per parameter
  virtual double base_lr() const = 0;
  virtual void update(const Update& u) const = 0;
};

// A factor on the optimizer's learning rate.
class Schedule : public Described {
 public:
  static constexpr const char* kRole = "schedule";
  // step and total count iterations from 0; total is that of the whole fit.
  virtual double factor(int64_t step, int64_t total) const = 0;
};

template <class Derived>
using OptimizerOf = DescribedBy<Derived, Optimizer>;
template <class Derived>
using ScheduleOf = DescribedBy<Derived, Schedule>;

}  // namespace firesteel
