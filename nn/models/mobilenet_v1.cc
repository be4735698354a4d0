// SPDX-License-Identifier: Apache-2.0
// mobilenet_v1: 3x3 convolutions of each channel apart, each followed by a 1x1 one of all. Howard et
// al., 2017.
#include <cmath>

#include "nn/models/blocks.h"

namespace firesteel {
namespace {

struct MobileNetV1 final : ImageClassifierOf<MobileNetV1> {
  float width = 1;

  static constexpr auto schema() {
    return Schema{"mobilenet_v1",
                  "image",
                  "MobileNet for colour images.",
                  kModelClasses,
                  kImageSize,
                  attr("width", &MobileNetV1::width, "factor of all channels", positive)};
  }

  Graph graph() const override {
    NetBuilder net("kaiming_normal");
    auto wide = [&](int64_t channels) {
      return static_cast<int64_t>(std::lround(static_cast<float>(channels) * width));
    };
    auto step = [&](const std::string& name, const Maps& x, int64_t channels, ConvSize size) {
      Maps y = net.batch_norm(name + ".bn", net.conv(name + ".conv", x, channels, size));
      return net.relu(name + ".relu", y);
    };
    Maps x = step("conv1", net.input({3, size, size}), wide(32), {.kernel = 3, .stride = 2});
    const std::pair<int64_t, int64_t> blocks[] = {{64, 1},  {128, 2},  {128, 1}, {256, 2}, {256, 1},
                                                  {512, 2}, {512, 1},  {512, 1}, {512, 1}, {512, 1},
                                                  {512, 1}, {1024, 2}, {1024, 1}};
    for (int64_t block = 1; auto [channels, stride] : blocks) {
      std::string name = cat("block", block++);
      ConvSize apart{.kernel = 3, .stride = stride, .groups = x.channels()};
      x = step(name + ".depthwise", x, x.channels(), apart);
      x = step(name + ".pointwise", x, wide(channels), {});
    }
    return net.graph({net.classifier("fc", x, classes)});
  }
};
FIRESTEEL_MODEL(MobileNetV1);

}  // namespace
}  // namespace firesteel
