// SPDX-License-Identifier: Apache-2.0
// Optimizers of all parameters together. One sees the loss of all rows and sums over all parameters, and
// decides from them what is done everywhere. Each worker decides for itself, from the same numbers in
// double, and so the same; then it updates its slices.
#pragma once

#include <span>

#include "train/cell_sums.h"
#include "train/optimizer.h"

namespace firesteel {

struct FitSpec;

// At the parameters that an iteration computed with.
// What layers draw at random is the same in all iterations, so that the loss is a function.
struct Evaluation {
  double loss;  // mean over all rows, penalties included
  const JointSums& sums;
  double lr;  // as the schedule has it
};

class JointOptimizer : public Optimizer {
 public:
  const JointOptimizer* joint() const final { return this; }

  // Numbers beside the states, the same on all workers: zero at first, kept with them.
  virtual size_t numbers() const = 0;
  // What it looks at in the next iteration.
  virtual JointCount counts(std::span<const double> numbers) const = 0;
  // Adds it, of a part of a parameter.
  virtual void add(const Update& part, JointSums& into) const = 0;
  // Changes the numbers, which update() of all parts then goes by.
  virtual void decide(const Evaluation& seen, std::span<double> numbers) const = 0;
  // Puts a part of the best parameters that are known into its values. What is looked at next may be worse.
  virtual void rest(const Update& part) const = 0;
};

// Throws AttrError where a fit with such an optimizer has what does not go with it.
void check_joint(const FitSpec& spec);
// Likewise when the number of rows is known.
void check_joint_rows(const FitSpec& spec);

}  // namespace firesteel
