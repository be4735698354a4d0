// SPDX-License-Identifier: Apache-2.0
// mlp: two hidden layers with ReLU and dropout.
#include "nn/models/zoo.h"

namespace firesteel {
namespace {

Graph mlp(int64_t classes) {
  Sequential net(Shape{1, 28, 28});
  auto linear = [](int64_t in, int64_t out) {
    return layer("Linear", {{"in_features", in}, {"out_features", out}});
  };
  net.add(layer("Flatten"), "flatten");
  net.add(linear(784, 256), "fc1").add(layer("ReLU"), "relu1");
  net.add(layer("Dropout", {{"p", 0.2}}), "dropout1");
  net.add(linear(256, 128), "fc2").add(layer("ReLU"), "relu2");
  net.add(linear(128, classes), "fc3");
  return net.graph();
}
struct Mlp final : ClassifierOf<Mlp> {
  Mlp() { classes = 10; }
  static constexpr auto schema() {
    return Schema{"mlp", "image", "784-256-128 multilayer perceptron for 28x28 grey images.",
                  kModelClasses};
  }
  Graph graph() const override { return mlp(classes); }
};
FIRESTEEL_MODEL(Mlp);

}  // namespace
}  // namespace firesteel
