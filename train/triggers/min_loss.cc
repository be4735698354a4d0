// SPDX-License-Identifier: Apache-2.0
// MinLoss: a result is below a number.
#include "train/triggers/newest.h"

namespace firesteel {
namespace {

struct MinLoss final : TriggerOf<MinLoss> {
  float min = 0;
  std::string monitor = "loss";

  static constexpr auto schema() {
    return Schema{"MinLoss", "trigger", "Ends a fit when its loss is small enough.",
                  required("min", &MinLoss::min, "the loss is below this"),
                  attr("monitor", &MinLoss::monitor,
                       "which one: loss of the training data, or test_loss", nonempty)};
  }
  std::vector<std::string> watched() const override { return {monitor}; }
  bool fires(const FitTime& at) const override { return newest(at, monitor) < min; }
};
FIRESTEEL_REGISTER(Trigger, MinLoss);

}  // namespace
}  // namespace firesteel
