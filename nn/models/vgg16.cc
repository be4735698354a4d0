// SPDX-License-Identifier: Apache-2.0
// vgg16: configuration D of Simonyan and Zisserman, 2014: 13 convolutions and 3 linear layers.
#include "nn/models/blocks.h"

namespace firesteel {
namespace {

// Channels and convolutions of the stages.
constexpr std::pair<int64_t, int64_t> kStages[] = {{64, 2}, {128, 2}, {256, 3}, {512, 3}, {512, 3}};

Graph vgg16() {
  NetBuilder net("kaiming_normal");
  Maps x = net.input({3, 224, 224});
  int64_t at = 0;
  for (auto [channels, convolutions] : kStages) {
    x = vgg_stage(net, "features.", at, x, channels, convolutions);
    x = net.max_pool(cat("features.", at++), x, {});
  }
  x = net.add("flatten", "Flatten", {}, {x});
  for (int64_t i : {0, 3}) {
    x = net.relu(cat("classifier.", i + 1), net.linear(cat("classifier.", i), x, 4096));
    x = net.add(cat("classifier.", i + 2), "Dropout", {{"p", 0.5}}, {x});
  }
  return net.graph({net.linear("classifier.6", x, 1000)});
}
FIRESTEEL_MODEL(vgg16, "VGG-16 for 224x224 images, 1000 classes", vgg16);

}  // namespace
}  // namespace firesteel
