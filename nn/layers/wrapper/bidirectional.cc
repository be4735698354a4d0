// SPDX-License-Identifier: Apache-2.0
// Bidirectional: a recurrent layer forwards and another one backwards. Schuster and Paliwal, 1997.
#include "nn/composite.h"
#include "nn/merge.h"

namespace firesteel {

struct Bidirectional final : CompositeOf<Bidirectional> {
  std::string layer, merge = "concat";

  static constexpr auto schema() {
    return Schema{
        "Bidirectional", "wrapper",
        "Two recurrent layers of one kind, of which one begins with the last step.",
        required("layer", &Bidirectional::layer,
                 "the layer that begins with the first one, or its JSON document", layer_of_layers),
        attr("merge", &Bidirectional::merge, "how their results become one", known_merge)};
  }
  static Sample sample() {
    return {.attrs = {{"layer", R"({"kind": "LSTM", "input_size": 3, "hidden_size": 2})"}},
            .in = {{2, 4, 3}}};
  }
  void check() const override {
    auto attrs = layer_document(layer, "Bidirectional.layer").second;
    auto made = Registry<Layer>::instance().make(document().first, attrs);
    bool reverses = false;
    for (const auto& [name, value] : made->attrs()) reverses = reverses || name == "reverse";
    require<AttrError>(reverses,
                       "Bidirectional.layer: must be recurrent, such as LSTM or GRU, got ",
                       made->kind());
  }

  std::vector<Ref> build(Net& net, const std::vector<Ref>& in) const override {
    auto [kind, attrs] = document();
    Ref forward = net.add("forward", kind, with_attr(attrs, "reverse", false), {in[0]});
    Ref backward = net.add("backward", kind, with_attr(attrs, "reverse", true), {in[0]});
    return {merged(net, "merge", merge, {forward, backward})};
  }

 private:
  std::pair<std::string, Attrs> document() const {
    return layer_document(layer, "Bidirectional.layer");
  }
};
FIRESTEEL_LAYER(Bidirectional);

}  // namespace firesteel
