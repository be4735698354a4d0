// SPDX-License-Identifier: Apache-2.0
// One loss on the outputs and labels of its sample: the same numbers for every type.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "nn/loss.h"

namespace firesteel::testing {

class LossRun {
 public:
  static constexpr int64_t kRows = 3;

  LossRun(std::unique_ptr<Loss> loss, const LossSample& sample);

  // Of rows [begin, end). Leaves the gradients of all outputs, one after the other, in `gradient`
  // unless they are not wanted.
  LossSum run(DType dtype, int64_t begin = 0, int64_t end = kRows, bool wanted = true);

  // Numbers of all outputs, to be changed between runs; the last ones are those of constants.
  std::vector<double> numbers;
  size_t variables() const { return numbers.size() - constants_; }
  std::vector<double> gradient;
  const Loss& loss() const { return *loss_; }

 private:
  template <class T>
  LossSum run_as(int64_t begin, int64_t end, bool wanted);

  std::unique_ptr<Loss> loss_;
  LossSample sample_;
  std::vector<double> labels_;
  size_t constants_ = 0;
};

}  // namespace firesteel::testing
