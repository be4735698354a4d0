// SPDX-License-Identifier: Apache-2.0
// TimeDistributed: one layer, with one set of parameters, at each step of N x T x ...
#include "nn/composite.h"

namespace firesteel {

struct TimeDistributed final : CompositeOf<TimeDistributed> {
  std::string layer;

  static constexpr auto schema() {
    return Schema{"TimeDistributed", "wrapper",
                  "Applies a layer of one input to each step (second extent) by itself.",
                  required("layer", &TimeDistributed::layer, "the layer, or its JSON document",
                           layer_of_layers)};
  }
  static Sample sample() {
    return {.attrs = {{"layer", R"({"kind": "Conv2d", "in_channels": 2, "out_channels": 3,
                                    "kernel_size": 2})"}},
            .in = {{2, 3, 2, 3, 3}}};
  }
  void check() const override { layer_document(layer, "TimeDistributed.layer"); }

  std::vector<Ref> build(Net& net, const std::vector<Ref>& in) const override {
    auto [kind, attrs] = layer_document(layer, "TimeDistributed.layer");
    Ref rows = net.add("rows", "StepsToRows", {}, {in[0]});
    Ref done = net.add("layer", kind, attrs, {rows});
    return {net.add("steps", "RowsToSteps", {}, {done, in[0]})};
  }
};
FIRESTEEL_LAYER(TimeDistributed);

}  // namespace firesteel
