// SPDX-License-Identifier: Apache-2.0
// BinaryThreshold: y = 1 where x > threshold, 0 elsewhere.
#include "nn/layers/math/pointwise.h"

namespace firesteel {

struct BinaryThreshold final : InferencePointwiseOf<BinaryThreshold> {
  float threshold = 1e-6f;

  static constexpr auto schema() {
    return Schema{"BinaryThreshold", "activation",
                  "Makes ones of the numbers above a threshold, and zeros of the others.",
                  attr("threshold", &BinaryThreshold::threshold, "numbers above it become 1")};
  }
  static Sample sample() { return {.attrs = {{"threshold", 0.1}}, .in = {{3, 7}}, .kinks = {0.1}}; }

  template <class T>
  T value(T x) const {
    return x > static_cast<T>(threshold) ? T(1) : T(0);
  }
};
FIRESTEEL_LAYER(BinaryThreshold);

}  // namespace firesteel
