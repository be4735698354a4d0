// SPDX-License-Identifier: Apache-2.0
// TruncatedNormal: y is normal with this mean and deviation, but drawn again where it is more than
// two deviations away.
#include "nn/layers/regularization/random.h"

namespace firesteel {

struct TruncatedNormal final : RandomOf<TruncatedNormal> {
  float mean = 0, stddev = 1;

  static constexpr auto schema() {
    return Schema{
        "TruncatedNormal",
        "regularization",
        "Normal random numbers within two deviations of their mean, other ones for every "
        "row and step of training. Of the input only the number of rows counts.",
        attr("shape", &TruncatedNormal::shape, "of a row of the result; empty: that of the input",
             positive),
        attr("mean", &TruncatedNormal::mean, "their mean"),
        attr("stddev", &TruncatedNormal::stddev, "the deviation before that", nonnegative)};
  }
  static Sample sample() {
    return {.attrs = {{"shape", Dims{7}}, {"mean", 1.0}, {"stddev", 0.5}}, .in = {{3, 2}}};
  }

 protected:
  void draw(const Philox& bits, float* four) const override {
    random::normal(bits, four);
    // Those outside are drawn again, with the words as key. Nobody needs all these turns.
    for (uint64_t again = 0; again < kMost; ++again) {
      bool all = true;
      for (size_t i = 0; i < 4; ++i) all = all && std::abs(four[i]) <= 2;
      if (all) break;
      float other[4];
      uint64_t key = uint64_t{bits[0]} << 32 | bits[1], row = uint64_t{bits[2]} << 32 | bits[3];
      random::normal(philox(key, row, again), other);
      for (size_t i = 0; i < 4; ++i) four[i] = std::abs(four[i]) <= 2 ? four[i] : other[i];
    }
    for (size_t i = 0; i < 4; ++i) four[i] = mean + stddev * std::clamp(four[i], -2.f, 2.f);
  }

 private:
  static constexpr uint64_t kMost = 16;
};
FIRESTEEL_LAYER(TruncatedNormal);

}  // namespace firesteel
