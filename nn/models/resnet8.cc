// SPDX-License-Identifier: Apache-2.0
// resnet8: a small residual net after He et al., 2015 (CIFAR form, one block per stage) with batch
// normalization, and dropout before the classifier.
#include "nn/models/blocks.h"

namespace firesteel {
namespace {

Graph resnet8(int64_t classes) {
  NetBuilder net;
  Maps x = net.conv("conv1", net.input({1, 28, 28}), 16, {.kernel = 3});
  x = net.relu("relu", net.batch_norm("bn1", x));
  x = basic_block(net, "layer1.0", x, 16, 1);
  x = basic_block(net, "layer2.0", x, 32, 2);
  x = basic_block(net, "layer3.0", x, 64, 2);
  return net.graph({net.classifier("fc", x, classes, 0.1)});
}
struct ResNet8 final : ClassifierOf<ResNet8> {
  ResNet8() { classes = 10; }
  static constexpr auto schema() {
    return Schema{"resnet8", "image",
                  "Residual net of 8 layers with batch normalization for 28x28 grey images.",
                  kModelClasses};
  }
  Graph graph() const override { return resnet8(classes); }
};
FIRESTEEL_MODEL(ResNet8);

}  // namespace
}  // namespace firesteel
