// SPDX-License-Identifier: Apache-2.0
// resnet20: the CIFAR-10 net of He et al., 2015, section 4.2, with three stages of three blocks.
// Where the channels double the shortcut is a 1x1 convolution (option B), not padding with zeros.
#include "nn/models/blocks.h"

namespace firesteel {
namespace {

Graph resnet20() {
  NetBuilder net("kaiming_normal");
  Maps x = net.conv("conv1", net.input({3, 32, 32}), 16, {.kernel = 3});
  x = net.relu("relu", net.batch_norm("bn1", x));
  for (int64_t stage = 1, channels = 16; stage <= 3; ++stage, channels *= 2) {
    for (int64_t block = 0; block < 3; ++block) {
      int64_t stride = stage > 1 && block == 0 ? 2 : 1;
      x = basic_block(net, cat("layer", stage, ".", block), x, channels, stride);
    }
  }
  return net.graph({net.classifier("fc", x, 10)});
}
FIRESTEEL_MODEL(resnet20, "ResNet-20 for 32x32 colour images, 10 classes", resnet20);

}  // namespace
}  // namespace firesteel
