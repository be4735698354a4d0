// SPDX-License-Identifier: Apache-2.0
// Threshold: y = x where x > threshold, value elsewhere.
#include "nn/layers/math/pointwise.h"

namespace firesteel {

struct Threshold final : PointwiseOf<Threshold> {
  float threshold = 0, otherwise = 0;

  static constexpr auto schema() {
    return Schema{"Threshold", "activation", "Replaces numbers that are not above a threshold.",
                  required("threshold", &Threshold::threshold, "numbers above it stay"),
                  required("value", &Threshold::otherwise, "what the others become")};
  }
  static Sample sample() {
    return {.attrs = {{"threshold", 0.1}, {"value", 0.7}}, .in = {{3, 7}}, .kinks = {0.1}};
  }

  template <class T>
  T value(T x) const {
    return x > static_cast<T>(threshold) ? x : static_cast<T>(otherwise);
  }
  template <class T>
  T slope(T x) const {
    return x > static_cast<T>(threshold) ? T(1) : T(0);
  }
};
FIRESTEEL_LAYER(Threshold);

}  // namespace firesteel
