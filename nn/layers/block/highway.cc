// SPDX-License-Identifier: Apache-2.0
// Highway: y = t h(x) + (1 - t) x, t = sigmoid(x W_t^T + b_t), h = f(x W^T + b). Srivastava et al., 2015.
#include "nn/composite.h"

namespace firesteel {

struct Highway final : CompositeOf<Highway> {
  int64_t size = 0;
  std::string activation = "Tanh";
  bool bias = true;

  static constexpr auto schema() {
    return Schema{"Highway",
                  "block",
                  "Lets a learned share of its input pass and transforms the rest.",
                  required("size", &Highway::size, "numbers of a row", positive),
                  attr("activation", &Highway::activation, "kind of the layer that is h"),
                  attr("bias", &Highway::bias, "add learned biases")};
  }
  static Sample sample() { return {.attrs = {{"size", int64_t{3}}}, .in = {{2, 3}}}; }
  void check() const override { Registry<Layer>::instance().make(activation); }

  std::vector<Ref> build(Net& net, const std::vector<Ref>& in) const override {
    Attrs square = {{"in_features", size}, {"out_features", size}, {"bias", bias}};
    Ref gate = net.add("gate_sigmoid", "Sigmoid", {}, {net.add("gate", "Linear", square, {in[0]})});
    Ref h = net.add("activation", activation, {}, {net.add("linear", "Linear", square, {in[0]})});
    // x + t (h - x)
    Ref change = net.add("change", "Sub", {}, {h, in[0]});
    return {net.add("sum", "Add", {}, {in[0], net.add("gated", "Mul", {}, {gate, change})})};
  }
};
FIRESTEEL_LAYER(Highway);

}  // namespace firesteel
