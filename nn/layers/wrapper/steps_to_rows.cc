// SPDX-License-Identifier: Apache-2.0
// StepsToRows: N x T x ... becomes N T x ...: each step is a row of its own.
#include "nn/layers/shape/reshape.h"

namespace firesteel {

struct StepsToRows final : ReshapeOf<StepsToRows> {
  static constexpr auto schema() {
    return Schema{"StepsToRows", "wrapper",
                  "Makes each step (second extent) a row of its own, for layers that know none. "
                  "RowsToSteps is its end."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{2, 3, 4}}}; }

  bool keeps_rows() const override { return false; }
  Shapes infer(const Shapes& in) const override {
    require(in[0].size() >= 3, "input must be steps of numbers, got ", without_batch(in[0]));
    Shape out(in[0].begin() + 1, in[0].end());
    out[0] *= in[0][0];
    return {out};
  }
};
FIRESTEEL_LAYER(StepsToRows);

}  // namespace firesteel
