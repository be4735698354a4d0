// SPDX-License-Identifier: Apache-2.0
// mobilenet_v2: inverted residual blocks (Sandler et al., 2018): a 1x1 convolution to more
// channels, a 3x3 one of each channel apart, and a linear 1x1 one back.
#include "nn/models/blocks.h"

namespace firesteel {
namespace {

Maps conv_relu6(NetBuilder& net, const std::string& name, const Maps& x, int64_t channels,
                const ConvSize& size) {
  Maps y = net.batch_norm(name + ".1", net.conv(name + ".0", x, channels, size));
  return net.add(name + ".2", "ReLU6", {}, {y});
}

Maps inverted_residual(NetBuilder& net, const std::string& name, const Maps& input,
                       int64_t channels, int64_t stride, int64_t expansion) {
  int64_t part = 0;
  auto next = [&] { return cat(name, ".conv.", part++); };
  int64_t width = input.channels() * expansion;
  Maps x = input;
  if (expansion > 1) x = conv_relu6(net, next(), x, width, {});
  x = conv_relu6(net, next(), x, width, {.kernel = 3, .stride = stride, .groups = width});
  x = net.conv(next(), x, channels, {});
  x = net.batch_norm(next(), x);
  return x.shape == input.shape ? net.add(name + ".add", "Add", {}, {x, input}) : x;
}

Graph mobilenet_v2(int64_t classes, int64_t size) {
  NetBuilder net("kaiming_normal");
  Maps x = net.input({3, size, size});
  x = conv_relu6(net, "features.0", x, 32, {.kernel = 3, .stride = 2});
  struct Stage {
    int64_t expansion, channels, blocks, stride;
  };
  int64_t feature = 1;
  for (const Stage& stage :
       {Stage{1, 16, 1, 1}, Stage{6, 24, 2, 2}, Stage{6, 32, 3, 2}, Stage{6, 64, 4, 2},
        Stage{6, 96, 3, 1}, Stage{6, 160, 3, 2}, Stage{6, 320, 1, 1}}) {
    for (int64_t block = 0; block < stage.blocks; ++block) {
      x = inverted_residual(net, cat("features.", feature++), x, stage.channels,
                            block == 0 ? stage.stride : 1, stage.expansion);
    }
  }
  x = conv_relu6(net, "features.18", x, 1280, {});
  return net.graph({net.classifier("classifier.1", x, classes, 0.2)});
}
struct MobileNetV2 final : ImageClassifierOf<MobileNetV2> {
  MobileNetV2() { classes = 1000; }
  static constexpr auto schema() {
    return Schema{"mobilenet_v2", "image", "MobileNetV2 for colour images.", kModelClasses,
                  kImageSize};
  }
  Graph graph() const override { return mobilenet_v2(classes, size); }
};
FIRESTEEL_MODEL(MobileNetV2);

}  // namespace
}  // namespace firesteel
