// SPDX-License-Identifier: Apache-2.0
// RowsToSteps: N T x ... becomes N x T x ...
#include "nn/layers/shape/reshape.h"

namespace firesteel {

struct RowsToSteps final : ReshapeOf<RowsToSteps> {
  static constexpr auto schema() {
    return Schema{"RowsToSteps", "wrapper",
                  "Makes steps of rows again. The second input has as many steps; its numbers do "
                  "not matter."};
  }
  static Sample sample() { return {.attrs = {}, .in = {{2, 4}, {2, 1, 3}}}; }

  int least_inputs() const override { return 2; }
  bool keeps_rows() const override { return false; }

  Shapes infer(const Shapes& in) const override {
    require(in[1].size() >= 2 && in[0][0] == in[1][0] * in[1][1],
            "inputs must have as many rows as steps, got ", in[0][0], " rows and ", in[1]);
    Shape out = in[0];
    out[0] = in[1][1];
    out.insert(out.begin(), in[1][0]);
    return {out};
  }
  void backward(Run& r) const override {
    ReshapeOf::backward(r);
    if (!r.dx(1)) return;
    std::memset(r.dx(1), 0, static_cast<size_t>(numel(r.in(1))) * size_of(r.dtype()));
  }
};
FIRESTEEL_LAYER(RowsToSteps);

}  // namespace firesteel
