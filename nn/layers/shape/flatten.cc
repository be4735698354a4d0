// SPDX-License-Identifier: Apache-2.0
// Flatten: each row of any shape becomes one row of numbers.
#include "nn/layers/shape/reshape.h"

namespace firesteel {

struct Flatten final : ReshapeOf<Flatten> {
  static constexpr auto schema() {
    return Schema{"Flatten", "shape", "Makes one row of numbers out of each sample of any shape."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{2, 3, 2, 2}}}; }

  Shapes infer(const Shapes& in) const override {
    return {{in[0][0], numel(without_batch(in[0]))}};
  }
};
FIRESTEEL_LAYER(Flatten);

}  // namespace firesteel
