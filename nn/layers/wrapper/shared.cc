// SPDX-License-Identifier: Apache-2.0
// Shared: one layer, with one set of parameters, on each of several inputs of one shape: siamese nets
// (Bromley et al., 1993).
#include "nn/composite.h"

namespace firesteel {

struct Shared final : CompositeOf<Shared> {
  std::string layer;
  int64_t inputs = 2;

  static constexpr auto schema() {
    return Schema{
        "Shared", "wrapper",
        "Applies one layer to each of its inputs, which have one shape; as many outputs.",
        required("layer", &Shared::layer, "the layer, or its JSON document", layer_of_layers),
        attr("inputs", &Shared::inputs, "how many", positive)};
  }
  static Sample sample() {
    return {.attrs = {{"layer", R"({"kind": "Linear", "in_features": 4, "out_features": 3})"}},
            .in = {{2, 4}, {2, 4}}};
  }
  void check() const override { layer_document(layer, "Shared.layer"); }
  int least_inputs() const override { return static_cast<int>(inputs); }

  std::vector<Ref> build(Net& net, const std::vector<Ref>& in) const override {
    auto [kind, attrs] = layer_document(layer, "Shared.layer");
    Ref all = net.add("all", "Stack", {{"dim", int64_t{1}}}, in);
    Ref rows = net.add("rows", "StepsToRows", {}, {all});
    Ref done = net.add("steps", "RowsToSteps", {}, {net.add("layer", kind, attrs, {rows}), all});
    std::vector<Ref> out;
    for (int64_t i = 0; i < inputs; ++i) {
      out.push_back(
          net.add(cat("output", i), "Select", {{"dim", int64_t{1}}, {"index", i}}, {done}));
    }
    return out;
  }
};
FIRESTEEL_LAYER(Shared);

}  // namespace firesteel
