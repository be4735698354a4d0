// SPDX-License-Identifier: Apache-2.0
// resnet50: bottleneck blocks of He et al., 2015, in the form called v1.5: the stride is on the 3x3
// convolution and not on the 1x1 before it.
#include "nn/models/blocks.h"

namespace firesteel {
namespace {

constexpr int64_t kExpansion = 4;

Maps bottleneck(NetBuilder& net, const std::string& name, const Maps& input, int64_t width,
                int64_t stride) {
  Maps x = net.conv(name + ".conv1", input, width, {});
  x = net.relu(name + ".relu1", net.batch_norm(name + ".bn1", x));
  x = net.conv(name + ".conv2", x, width, {.kernel = 3, .stride = stride});
  x = net.relu(name + ".relu2", net.batch_norm(name + ".bn2", x));
  x = net.conv(name + ".conv3", x, width * kExpansion, {});
  x = net.batch_norm(name + ".bn3", x);
  return add_shortcut(net, name, input, x, stride);
}

Graph resnet50() {
  NetBuilder net("kaiming_normal");
  Maps x = net.conv("conv1", net.input({3, 224, 224}), 64, {.kernel = 7, .stride = 2});
  x = net.relu("relu", net.batch_norm("bn1", x));
  x = net.max_pool("maxpool", x, {.kernel = 3, .stride = 2, .padding = 1});
  const int64_t blocks[] = {3, 4, 6, 3};
  for (int64_t stage = 1, width = 64; stage <= 4; ++stage, width *= 2) {
    for (int64_t block = 0; block < blocks[stage - 1]; ++block) {
      int64_t stride = stage > 1 && block == 0 ? 2 : 1;
      x = bottleneck(net, cat("layer", stage, ".", block), x, width, stride);
    }
  }
  return net.graph({net.classifier("fc", x, 1000)});
}
FIRESTEEL_MODEL(resnet50, "ResNet-50 v1.5 for 224x224 images, 1000 classes", resnet50);

}  // namespace
}  // namespace firesteel
