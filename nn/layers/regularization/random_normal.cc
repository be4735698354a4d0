// SPDX-License-Identifier: Apache-2.0
// RandomNormal: y is normal with this mean and deviation.
#include "nn/layers/regularization/random.h"

namespace firesteel {

struct RandomNormal final : RandomOf<RandomNormal> {
  float mean = 0, stddev = 1;

  static constexpr auto schema() {
    return Schema{"RandomNormal",
                  "regularization",
                  "Normal random numbers, other ones for every row and step of training. Of the "
                  "input only the number of rows counts.",
                  attr("shape", &RandomNormal::shape,
                       "of a row of the result; empty: that of the input", positive),
                  attr("mean", &RandomNormal::mean, "their mean"),
                  attr("stddev", &RandomNormal::stddev, "their deviation", nonnegative)};
  }
  static Sample sample() { return {.attrs = {{"mean", 1.0}, {"stddev", 0.5}}, .in = {{3, 2, 5}}}; }

 protected:
  void draw(const Philox& bits, float* four) const override {
    random::normal(bits, four);
    for (size_t i = 0; i < 4; ++i) four[i] = mean + stddev * four[i];
  }
};
FIRESTEEL_LAYER(RandomNormal);

}  // namespace firesteel
