// SPDX-License-Identifier: Apache-2.0
// CMul: y = w x, element by element, with a learned tensor w.
#include "nn/layers/linear/shaped.h"

namespace firesteel {

struct CMul final : ShapedLayerOf<CMul> {
  std::string init = "ones";

  static constexpr auto schema() {
    return Schema{
        "CMul", "linear",
        "Multiplies each sample by a learned tensor, element by element; its extents of 1, or "
        "missing in front, are repeated.",
        kShape, attr("init", &CMul::init, kInitDoc, known_matrix_init)};
  }
  static Sample sample() { return {.attrs = {{"shape", Dims{3, 1}}}, .in = {{2, 3, 4}}}; }

  std::vector<ParamSpec> params() const override { return {weight(init)}; }
  void prepare(Prepare& p) const override { prepare_shaped(p, true); }
  void forward(Run& r) const override { forward_shaped(r, 0, -1); }
  void backward(Run& r) const override { backward_shaped(r, 0, -1); }
};
FIRESTEEL_LAYER(CMul);

}  // namespace firesteel
