// SPDX-License-Identifier: Apache-2.0
// lenet5: the small convolutional net of LeCun et al., 1998, in the form of BigDL's example: two
// 5x5 convolutions with 6 and 12 channels, then 100 and 10 units.
#include "nn/models/zoo.h"

namespace firesteel {
namespace {

Graph lenet5(int64_t classes) {
  Sequential net(Shape{1, 28, 28});
  auto conv = [](int64_t in, int64_t out) {
    return layer("Conv2d", {{"in_channels", in}, {"out_channels", out}, {"kernel_size", Dims{5}}});
  };
  auto linear = [](int64_t in, int64_t out) {
    return layer("Linear", {{"in_features", in}, {"out_features", out}});
  };
  auto pool = [] { return layer("MaxPool2d", {{"kernel_size", Dims{2}}}); };
  net.add(conv(1, 6), "conv1").add(layer("Tanh"), "tanh1").add(pool(), "pool1");
  net.add(conv(6, 12), "conv2").add(layer("Tanh"), "tanh2").add(pool(), "pool2");
  net.add(layer("Flatten"), "flatten");
  net.add(linear(192, 100), "fc1").add(layer("Tanh"), "tanh3").add(linear(100, classes), "fc2");
  return net.graph();
}
struct LeNet5 final : ClassifierOf<LeNet5> {
  LeNet5() { classes = 10; }
  static constexpr auto schema() {
    return Schema{"lenet5", "image", "LeNet-5 for 28x28 grey images.", kModelClasses};
  }
  Graph graph() const override { return lenet5(classes); }
};
FIRESTEEL_MODEL(LeNet5);

}  // namespace
}  // namespace firesteel
