// SPDX-License-Identifier: Apache-2.0
// Tile: y[n, i, j, ...] = x[n, i mod extent 1, j mod extent 2, ...].
#include "nn/layers/shape/view.h"

namespace firesteel {

struct Tile final : ViewOf<Tile> {
  Dims repeats;

  static constexpr auto schema() {
    return Schema{"Tile", "shape", "Repeats its input along its extents.",
                  required("repeats", &Tile::repeats,
                           "how often, a number for each extent behind the batch", positive)};
  }
  static Sample sample() { return {.attrs = {{"repeats", Dims{2, 1, 3}}}, .in = {{2, 3, 2, 2}}}; }

  TensorView view(const Shape& in) const override {
    require(in.size() == repeats.size() + 1, "input must have ", repeats.size(), " extents, got ",
            without_batch(in));
    TensorView v(in);
    for (size_t d = in.size(); d-- > 1;) v.repeat(d, repeats[d - 1]);
    return v;
  }
  Shapes infer(const Shapes& in) const override {
    view(in[0]);  // checks the shape
    Shape out = in[0];
    for (size_t d = 1; d < out.size(); ++d) out[d] *= repeats[d - 1];
    return {out};
  }
  Steps steps(const Shape&) const override {
    return repeats.size() > 1 && repeats[0] == 1 ? Steps::each : Steps::mixed;
  }
};
FIRESTEEL_LAYER(Tile);

}  // namespace firesteel
