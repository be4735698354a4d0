// SPDX-License-Identifier: Apache-2.0
// Hardshrink: y = x where |x| > lambd, 0 elsewhere.
#include "nn/layers/math/pointwise.h"

namespace firesteel {

struct Hardshrink final : PointwiseOf<Hardshrink> {
  float lambd = 0.5f;

  static constexpr auto schema() {
    return Schema{"Hardshrink", "activation", "Replaces numbers near zero by zero.",
                  attr("lambd", &Hardshrink::lambd, "how near", nonnegative)};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}, .kinks = {-0.5, 0.5}}; }

  template <class T>
  T value(T x) const {
    return std::abs(x) > static_cast<T>(lambd) ? x : T(0);
  }
  template <class T>
  T slope(T x) const {
    return std::abs(x) > static_cast<T>(lambd) ? T(1) : T(0);
  }
};
FIRESTEEL_LAYER(Hardshrink);

}  // namespace firesteel
