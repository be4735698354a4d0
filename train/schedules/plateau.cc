// SPDX-License-Identifier: Apache-2.0
// Plateau: lr times `factor` each time that a result of validation has not become better for `patience` epochs,
// as PyTorch's ReduceLROnPlateau. A function of the results so far, which are part of a fit's state.
#include "core/names.h"
#include "train/schedules/warmed.h"

namespace firesteel {
namespace {

constexpr Names<2> kModes = {"min", "max"}, kThresholdModes = {"rel", "abs"};

struct Plateau final : WarmedOf<Plateau> {
  std::string monitor = "test_loss", mode = "min", threshold_mode = "rel";
  float by = 0.1f, threshold = 1e-4f, min_lr = 0;
  int64_t patience = 10, cooldown = 0;

  static constexpr auto schema() {
    return Schema{
        "Plateau",
        "schedule",
        "Lowers the learning rate when validation no longer gets better.",
        attr("monitor", &Plateau::monitor,
             "what is looked at after each epoch: test_loss, a metric such as accuracy, or loss of "
             "the "
             "training data",
             nonempty),
        attr("factor", &Plateau::by, "factor of a change", Below1{}),
        attr("patience", &Plateau::patience, "epochs without improvement that are let pass",
             nonnegative),
        attr("mode", &Plateau::mode, "'min' or 'max': what is better"),
        attr("threshold", &Plateau::threshold, "what counts as an improvement", nonnegative),
        attr("threshold_mode", &Plateau::threshold_mode,
             "'rel': threshold is a share of the best so far; 'abs': a difference from it"),
        attr("cooldown", &Plateau::cooldown, "epochs after a change that do not count",
             nonnegative),
        attr("min_lr", &Plateau::min_lr, "least learning rate", nonnegative),
        kWarmup,
        kWarmupStart,
        kWarmupEpochs};
  }
  void check() const override {
    value_of<size_t>(mode, kModes, "Plateau.mode");
    value_of<size_t>(threshold_mode, kThresholdModes, "Plateau.threshold_mode");
  }
  std::string watched() const override { return monitor; }

  double shape(const FitTime& at) const override {
    Improvement improvement{mode == "max", threshold, threshold_mode == "rel"};
    double best = improvement.worst(), now = 1;
    int64_t bad = 0, cooling = 0;
    for (const Observation& seen : at.observed) {
      bool counts = seen.step > at.begin && seen.step <= at.begin + at.step && seen.has(monitor);
      if (!counts) continue;
      if (double value = seen.of(monitor); improvement.better(value, best)) {
        best = value;
        bad = 0;
      } else {
        ++bad;
      }
      if (cooling > 0) {
        --cooling;
        bad = 0;
      }
      if (bad <= patience) continue;
      now = std::min(now, std::max(now * double{by}, double{min_lr} / at.lr));
      cooling = cooldown;
      bad = 0;
    }
    return now;
  }

 private:
  struct Below1 {
    static std::string text() { return "must be > 0 and < 1"; }
    constexpr bool operator()(float value) const { return value > 0 && value < 1; }
  };
};
FIRESTEEL_REGISTER(Schedule, Plateau);

}  // namespace
}  // namespace firesteel
