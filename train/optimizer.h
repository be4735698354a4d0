// SPDX-License-Identifier: Apache-2.0
// Optimizers and learning-rate schedules. An optimizer updates any part of a parameter from that part
// of the gradient, so workers update the slices that they own; what layer-wise methods need of the whole
// parameter they are told (train/squares.h).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/registry.h"
#include "core/schema.h"
#include "train/observation.h"

namespace firesteel {

class JointOptimizer;

// As many as an optimizer has states; null beyond them.
class StateParts {
 public:
  void add(float* part) { parts_.push_back(part); }
  float* operator[](size_t state) const { return state < parts_.size() ? parts_[state] : nullptr; }

 private:
  std::vector<float*> parts_;
};

// Equally long parts of the flat buffers, all of one parameter.
struct Update {
  float* values;
  float* gradients;  // of the mean loss; may be written
  // Optimizer::states() of them, zero at first. One that begins with something else keeps the difference.
  StateParts states{};
  int64_t count;
  float lr;
  int64_t step;  // counted from 0
  float weight_decay = 0;  // of this parameter: base_decay(), or what its group says
  // For layer-wise methods: whether they scale this parameter's steps, as it is no bias and no
  // normalization; and the L2 norms of all of its values and gradients (or directions) then.
  bool scaled = false;
  float value_norm = 0, gradient_norm = 0;
  std::span<const double> numbers = {};  // of a JointOptimizer
};

// Of what an optimizer is told the L2 norms of whole parameters, beside their values.
enum class Norms {
  none,  // nor of values
  gradients,  // as they are
  directions  // what direct() makes of them
};

class Optimizer : public Described {
 public:
  static constexpr const char* kRole = "optimizer";
  virtual int states() const = 0;  // buffers per parameter
  virtual double base_lr() const = 0;
  virtual double base_decay() const { return 0; }  // of weights; others have none
  virtual Norms norms() const { return Norms::none; }
  // With Norms::directions, before update(): updates states and puts directions in the gradients' place.
  virtual void direct(const Update&) const {}
  virtual void update(const Update& u) const = 0;
  // One of all parameters together (train/joint.h), or null.
  virtual const JointOptimizer* joint() const { return nullptr; }
};

// Where a fit is, as schedules see it.
struct FitTime {
  int64_t step = 0;  // iterations, from 0
  int64_t total = 0;  // of the whole fit
  int64_t epoch_steps = 1;  // of an epoch
  double lr = 1;  // what the factor is of
  double warmup_start = 0;  // > 0: share of lr that a warm-up begins with, whatever its own is
  int64_t begin = 0;  // iterations of the fit before step 0, where schedules follow each other
  std::span<const Observation> observed = {};  // with steps of the fit, in their order
};

// A factor on the optimizer's learning rate.
class Schedule : public Described {
 public:
  static constexpr const char* kRole = "schedule";
  virtual double factor(const FitTime& at) const = 0;
  // Whether it depends on FitTime::total.
  virtual bool needs_total() const { return false; }
  // The result of epochs that it looks at; empty: none.
  virtual std::string watched() const { return ""; }
};

template <class Derived>
using OptimizerOf = DescribedBy<Derived, Optimizer>;
template <class Derived>
using ScheduleOf = DescribedBy<Derived, Schedule>;

}  // namespace firesteel
