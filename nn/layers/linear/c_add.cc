// SPDX-License-Identifier: Apache-2.0
// CAdd: y = x + b, with a learned tensor b.
#include "nn/layers/linear/shaped.h"

namespace firesteel {

struct CAdd final : ShapedLayerOf<CAdd> {
  std::string init = "zeros";

  static constexpr auto schema() {
    return Schema{
        "CAdd", "linear",
        "Adds a learned tensor to each sample; its extents of 1, or missing in front, are "
        "repeated.",
        kShape, attr("init", &CAdd::init, kInitDoc, known_matrix_init)};
  }
  static Sample sample() { return {.attrs = {{"shape", Dims{3, 1}}}, .in = {{2, 3, 4}}}; }

  std::vector<ParamSpec> params() const override { return {bias(init)}; }
  void prepare(Prepare& p) const override { prepare_shaped(p, false); }
  void forward(Run& r) const override { forward_shaped(r, -1, 0); }
  void backward(Run& r) const override { backward_shaped(r, -1, 0); }
};
FIRESTEEL_LAYER(CAdd);

}  // namespace firesteel
