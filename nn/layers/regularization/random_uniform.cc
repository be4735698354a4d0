// SPDX-License-Identifier: Apache-2.0
// RandomUniform: y is uniform in [low, high).
#include "nn/layers/regularization/random.h"

namespace firesteel {

struct RandomUniform final : RandomOf<RandomUniform> {
  float low = 0, high = 1;

  static constexpr auto schema() {
    return Schema{"RandomUniform",
                  "regularization",
                  "Uniform random numbers, other ones for every row and step of training. Of the "
                  "input only the number of rows counts.",
                  attr("shape", &RandomUniform::shape,
                       "of a row of the result; empty: that of the input", positive),
                  attr("low", &RandomUniform::low, "least of them"),
                  attr("high", &RandomUniform::high, "they are below it")};
  }
  static Sample sample() {
    return {.attrs = {{"shape", Dims{2, 5}}, {"low", -1.0}, {"high", 2.0}}, .in = {{3, 2}}};
  }
  void check() const override {
    require<AttrError>(high >= low, "RandomUniform.high: must be at least low, got ", high);
  }

 protected:
  void draw(const Philox& bits, float* four) const override {
    for (size_t i = 0; i < 4; ++i) four[i] = low + (high - low) * to_unit(bits[i]);
  }
};
FIRESTEEL_LAYER(RandomUniform);

}  // namespace firesteel
