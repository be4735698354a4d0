// SPDX-License-Identifier: Apache-2.0
// Poly: lr (end_factor + (1 - end_factor) (1 - step / length)^power), counted after the warm-up.
#include "train/schedules/warmed.h"

namespace firesteel {
namespace {

struct Poly final : WarmedOf<Poly> {
  float power = 0.5f, end_factor = 0;
  int64_t length = 0;

  static constexpr auto schema() {
    return Schema{"Poly",
                  "schedule",
                  "Lowers the learning rate to zero at the fit's end along a "
                  "power of the remaining share of iterations.",
                  attr("power", &Poly::power, "exponent", positive),
                  kWarmup,
                  kWarmupStart,
                  kWarmupEpochs,
                  attr("end_factor", &Poly::end_factor, "share of lr at the end", nonnegative),
                  attr("length", &Poly::length,
                       "iterations (epochs) to there; 0: all that the fit has", nonnegative),
                  kByEpoch};
  }
  bool needs_total() const override { return length == 0; }
  double shape(const FitTime& at) const override {
    double end = end_factor;
    return end + (1 - end) * std::pow(1 - share(at, length), double{power});
  }
};
FIRESTEEL_REGISTER(Schedule, Poly);

}  // namespace
}  // namespace firesteel
