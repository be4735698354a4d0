// SPDX-License-Identifier: Apache-2.0
// EarlyStopping: a result has not become better for more than `patience` epochs, as Keras' callback.
#include "core/names.h"
#include "train/trigger.h"

namespace firesteel {
namespace {

constexpr Names<2> kModes = {"min", "max"};

struct EarlyStopping final : TriggerOf<EarlyStopping> {
  std::string monitor = "test_loss", mode = "min";
  int64_t patience = 0, start_epoch = 0;
  float min_delta = 0;

  static constexpr auto schema() {
    return Schema{"EarlyStopping",
                  "trigger",
                  "Ends a fit when a result no longer gets better.",
                  attr("monitor", &EarlyStopping::monitor,
                       "what is looked at: test_loss, a metric such as accuracy, or loss of the "
                       "training data",
                       nonempty),
                  attr("patience", &EarlyStopping::patience,
                       "epochs without improvement that are let pass", nonnegative),
                  attr("mode", &EarlyStopping::mode, "'min' or 'max': what is better"),
                  attr("min_delta", &EarlyStopping::min_delta,
                       "by how much a result must be better than the best so far", nonnegative),
                  attr("start_epoch", &EarlyStopping::start_epoch,
                       "epochs at the beginning that do not count", nonnegative)};
  }
  void check() const override { value_of<size_t>(mode, kModes, "EarlyStopping.mode"); }
  std::vector<std::string> watched() const override { return {monitor}; }

  bool fires(const FitTime& at) const override {
    Improvement improvement{mode == "max", min_delta, false};
    double best = improvement.worst();
    int64_t bad = 0;
    for (const Observation& seen : at.observed) {
      bool counts = seen.step > start_epoch * at.epoch_steps && seen.step <= at.step;
      if (!counts || !seen.has(monitor)) continue;
      double value = seen.of(monitor);
      bool better = improvement.better(value, best);
      if (better) best = value;
      bad = better ? 0 : bad + 1;
    }
    return bad > patience;
  }
};
FIRESTEEL_REGISTER(Trigger, EarlyStopping);

}  // namespace
}  // namespace firesteel
