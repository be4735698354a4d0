// SPDX-License-Identifier: Apache-2.0
// Scale: y = w x + b, element by element, with learned tensors w and b of one shape.
#include "nn/layers/linear/shaped.h"

namespace firesteel {

struct Scale final : ShapedLayerOf<Scale> {
  std::string init = "ones", bias_init = "zeros";

  static constexpr auto schema() {
    return Schema{
        "Scale",
        "linear",
        "Multiplies each sample by a learned tensor, element by element, and adds another "
        "one; their extents of 1, or missing in front, are repeated.",
        kShape,
        attr("init", &Scale::init, kInitDoc, known_matrix_init),
        attr("bias_init", &Scale::bias_init, "first values of what is added, likewise",
             known_matrix_init)};
  }
  static Sample sample() { return {.attrs = {{"shape", Dims{3, 1}}}, .in = {{2, 3, 4}}}; }

  std::vector<ParamSpec> params() const override { return {weight(init), bias(bias_init)}; }
  void prepare(Prepare& p) const override { prepare_shaped(p, true); }
  void forward(Run& r) const override { forward_shaped(r, 0, 1); }
  void backward(Run& r) const override { backward_shaped(r, 0, 1); }
};
FIRESTEEL_LAYER(Scale);

}  // namespace firesteel
