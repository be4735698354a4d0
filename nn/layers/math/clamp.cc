// SPDX-License-Identifier: Apache-2.0
// Clamp: y = min(max(x, min), max); what is not a number stays so. As in PyTorch no gradient passes
// at the limits.
#include "nn/layers/math/pointwise.h"

namespace firesteel {

struct Clamp final : PointwiseOf<Clamp> {
  float min = std::numeric_limits<float>::lowest(), max = std::numeric_limits<float>::max();

  static constexpr auto schema() {
    return Schema{"Clamp", "math", "Limits elements to a range.",
                  attr("min", &Clamp::min, "the least number; by default there is no limit"),
                  attr("max", &Clamp::max, "the largest number; by default there is no limit")};
  }
  static Sample sample() {
    return {.attrs = {{"min", -0.5}, {"max", 1.0}}, .in = {{3, 7}}, .kinks = {-0.5, 1}};
  }
  void check() const override {
    require<AttrError>(min <= max, "Clamp.max: must be >= min, got ", max, " and ", min);
  }

  template <class T>
  T value(T x) const {
    return std::min(std::max(x, static_cast<T>(min)), static_cast<T>(max));
  }
  template <class T>
  T slope(T x) const {
    return static_cast<T>(x > static_cast<T>(min)) * static_cast<T>(x < static_cast<T>(max));
  }
};
FIRESTEEL_LAYER(Clamp);

}  // namespace firesteel
