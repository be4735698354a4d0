// SPDX-License-Identifier: Apache-2.0
// Regimes: lr factors[i] from starts[i] on; lr before the first.
#include <functional>

#include "train/schedules/warmed.h"

namespace firesteel {
namespace {

struct Regimes final : WarmedOf<Regimes> {
  Dims starts;
  std::vector<float> factors;

  static constexpr auto schema() {
    return Schema{"Regimes",
                  "schedule",
                  "A factor of its own for each part of the fit.",
                  required("starts", &Regimes::starts,
                           "iterations (epochs) after which a part begins", nonnegative),
                  required("factors", &Regimes::factors, "factor of each part", nonnegative),
                  kByEpoch,
                  kWarmup,
                  kWarmupStart,
                  kWarmupEpochs};
  }
  void check() const override {
    require<AttrError>(factors.size() == starts.size(),
                       "Regimes.factors: must be one for each of starts, ", starts.size(), ", got ",
                       factors.size());
    bool rising = std::ranges::adjacent_find(starts, std::greater_equal<>()) == starts.end();
    require<AttrError>(rising, "Regimes.starts: must grow, got ", starts);
  }
  double shape(const FitTime& at) const override {
    auto next = std::ranges::upper_bound(starts, counted(at));
    if (next == starts.begin()) return 1;
    return factors[static_cast<size_t>(next - starts.begin()) - 1];
  }
};
FIRESTEEL_REGISTER(Schedule, Regimes);

}  // namespace
}  // namespace firesteel
