// SPDX-License-Identifier: Apache-2.0
// If: then(inputs) in the rows whose condition is not zero, otherwise(inputs) in the others. Both are computed.
#include "nn/composite.h"
#include "nn/sub_plan.h"

namespace firesteel {

struct If final : CompositeOf<If> {
  std::string then, otherwise;
  int64_t inputs = 1;

  static constexpr auto schema() {
    return Schema{
        "If",
        "control",
        "One of two graphs, for each row by itself: the first input, a number for each row, says "
        "which. Both are computed.",
        required("then", &If::then, "where the condition is not 0", graph_of_layers),
        required("otherwise", &If::otherwise, "where it is 0", graph_of_layers),
        attr("inputs", &If::inputs, "values that both take", positive)};
  }
  static Sample sample() {
    return {.attrs = {{"then", std::string(R"({"inputs": [{"name": "x"}],
                "nodes": [{"name": "linear", "kind": "Linear", "inputs": ["x"],
                           "attrs": {"in_features": 3, "out_features": 2}}],
                "outputs": ["linear"]})")},
                      {"otherwise", std::string(R"({"inputs": [{"name": "x"}],
                "nodes": [{"name": "linear", "kind": "Linear", "inputs": ["x"],
                           "attrs": {"in_features": 3, "out_features": 2}},
                          {"name": "tanh", "kind": "Tanh", "inputs": ["linear"]}],
                "outputs": ["tanh"]})")}},
            .in = {{4, 1}, {4, 3}},
            .ids_below = 2,
            .ids_inputs = {0}};
  }
  void check() const override {
    size_t outputs = graph_from_json(then, "If.then").outputs().size();
    check_body(then, static_cast<size_t>(inputs), outputs, "If.then");
    check_body(otherwise, static_cast<size_t>(inputs), outputs, "If.otherwise");
  }
  int least_inputs() const override { return static_cast<int>(inputs) + 1; }

  std::vector<Ref> build(Net& net, const std::vector<Ref>& in) const override {
    std::vector<Ref> values(in.begin() + 1, in.end());
    auto yes = net.inlined("then", graph_from_json(then, "If.then"), values);
    auto no = net.inlined("otherwise", graph_from_json(otherwise, "If.otherwise"), values);
    std::vector<Ref> out;
    for (size_t i = 0; i < yes.size(); ++i) {
      out.push_back(net.add(cat("choice", i), "Where", {}, {in[0], yes[i], no[i]}));
    }
    return out;
  }
};
FIRESTEEL_LAYER(If);

}  // namespace firesteel
