// SPDX-License-Identifier: Apache-2.0
// Softshrink: y = x - lambd where x > lambd, x + lambd where x < -lambd, 0 elsewhere.
#include "nn/layers/math/pointwise.h"

namespace firesteel {

struct Softshrink final : PointwiseOf<Softshrink> {
  float lambd = 0.5f;

  static constexpr auto schema() {
    return Schema{"Softshrink", "activation", "Moves numbers towards zero, and no further.",
                  attr("lambd", &Softshrink::lambd, "how far", nonnegative)};
  }
  static Sample sample() { return {.attrs = {}, .in = {{3, 7}}, .kinks = {-0.5, 0.5}}; }

  template <class T>
  T value(T x) const {
    T most = static_cast<T>(lambd);
    return x - std::min(std::max(x, -most), most);
  }
  template <class T>
  T slope(T x) const {
    return std::abs(x) > static_cast<T>(lambd) ? T(1) : T(0);
  }
};
FIRESTEEL_LAYER(Softshrink);

}  // namespace firesteel
