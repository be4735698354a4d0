// SPDX-License-Identifier: Apache-2.0
// Huber: d^2 / 2 where |d| < delta, else delta (|d| - delta / 2), with d = x - y. Huber, "Robust
// estimation of a location parameter", 1964.
#include <cmath>

#include "nn/losses/elementwise.h"

namespace firesteel {

struct Huber final : ElementwiseLossOf<Huber> {
  float delta = 1;

  static constexpr auto schema() {
    return Schema{"Huber", "loss",
                  "Half the squared difference where it is small, delta times the absolute "
                  "difference elsewhere.",
                  attr("delta", &Huber::delta, "where one becomes the other", positive),
                  kReduction<OutputLoss>};
  }
  static LossSample sample() {
    return {.attrs = {{"delta", 0.8}}, .outputs = {{6}}, .labels = {6}};
  }

  template <class T>
  Term<T> term(T x, T y, int64_t) const {
    T d = x - y, size = std::abs(d), limit = delta;
    if (size < limit) return {d * d / 2, d};
    return {limit * (size - limit / 2), limit * sign_of(d)};
  }
};
FIRESTEEL_LOSS(Huber);

}  // namespace firesteel
