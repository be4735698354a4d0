// SPDX-License-Identifier: Apache-2.0
// Squeeze: y = x without extents of 1.
#include "nn/layers/shape/extents.h"
#include "nn/layers/shape/reshape.h"

namespace firesteel {

struct Squeeze final : ReshapeOf<Squeeze> {
  Dims dim;

  static constexpr auto schema() {
    return Schema{"Squeeze", "shape", "Leaves out extents of 1.",
                  attr("dim", &Squeeze::dim,
                       "which; the batch is 0, the last one -1; empty: all that are 1", not_batch)};
  }
  static Sample sample() { return {.attrs = {{"dim", Dims{2, -1}}}, .in = {{2, 3, 1, 2, 1}}}; }

  Shapes infer(const Shapes& in) const override {
    std::vector<bool> chosen = chosen_extents(dim, in[0]);
    Shape out = {in[0][0]};
    for (size_t d = 1; d < in[0].size(); ++d) {
      require(!chosen[d] || in[0][d] == 1, "input must have 1 as extent ", d, ", got ",
              without_batch(in[0]));
      bool leave_out = dim.empty() ? in[0][d] == 1 : chosen[d];
      if (!leave_out) out.push_back(in[0][d]);
    }
    return {out};
  }
  // With all of them it would depend on how many steps there are.
  Steps steps(const Shape& in) const override {
    bool behind = !dim.empty();
    for (int64_t d : dim) behind = behind && extent_of(d, in) > 1;
    return behind ? Steps::each : Steps::mixed;
  }
};
FIRESTEEL_LAYER(Squeeze);

}  // namespace firesteel
