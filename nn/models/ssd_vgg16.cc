// SPDX-License-Identifier: Apache-2.0
// ssd300_vgg16, ssd512_vgg16: the single shot detector on VGG-16, Liu et al., 2016; the first as torchvision has
// it.
#include "nn/models/ssd.h"

namespace firesteel {
namespace {

const ConvSize kHalf{.kernel = 3, .stride = 2}, kValid{.kernel = 3, .padding = 0},
    kLast{.kernel = 4, .padding = 1};

struct Body {
  NetBuilder net{"kaiming_normal"};

  Maps conv(const std::string& name, int64_t relu, const Maps& x, int64_t channels, ConvSize size) {
    size.bias = true;
    return net.relu(cat(name, relu + 1), net.conv(cat(name, relu), x, channels, size));
  }

  // VGG-16 to conv4_3, whose maps are scaled to the length of the others.
  Maps features(int64_t image) {
    Maps x = net.input({3, image, image});
    int64_t at = 0;
    const std::string prefix = "backbone.features.";
    for (int64_t channels : {64, 128, 256}) {
      x = vgg_stage(net, prefix, at, x, channels, channels == 256 ? 3 : 2);
      x = net.max_pool(cat(prefix, at++), x, {.ceil_mode = channels == 256});
    }
    return vgg_stage(net, prefix, at, x, 512, 3);
  }

  // conv5, and the linear layers of VGG-16 as convolutions.
  Maps extra0(const Maps& features) {
    const std::string prefix = "backbone.extra.0.";
    int64_t at = 1;
    Maps x = vgg_stage(net, prefix, at, net.max_pool(prefix + "0", features, {}), 512, 3);
    x = net.max_pool(prefix + "7.0", x, {.kernel = 3, .stride = 1, .padding = 1});
    x = conv(prefix + "7.", 1, x, 1024, {.kernel = 3, .padding = 6, .dilation = 6});
    return conv(prefix + "7.", 3, x, 1024, {});
  }

  Maps extra(int64_t number, const Maps& x, int64_t channels, const ConvSize& size) {
    std::string prefix = cat("backbone.extra.", number, ".");
    return conv(prefix, 2, conv(prefix, 0, x, channels / 2, {}), channels, size);
  }

  // extras: after the first two, how each map is made of the one before.
  std::vector<Maps> maps(int64_t image, const std::vector<ConvSize>& extras) {
    Maps x = features(image);
    std::vector<Maps> all = {
        net.add("backbone.scale", "ChannelL2Norm", {{"num_features", x.channels()}}, {x}),
        extra0(x)};
    for (int64_t i = 0; const ConvSize& size : extras) {
      all.push_back(extra(i + 1, all.back(), i == 0 ? 512 : 256, size));
      ++i;
    }
    return all;
  }
};

struct Ssd300Vgg16 final : SsdOf<Ssd300Vgg16> {
  Ssd300Vgg16() { classes = 91; }
  static constexpr auto schema() {
    return Schema{"ssd300_vgg16", "detection",   "SSD for 300x300 images: 8732 default boxes.",
                  kSsdClasses,    kSsdMostBoxes, kSsdDetect};
  }
  Graph graph() const override {
    Body body;
    auto maps = body.maps(300, {kHalf, kHalf, kValid, kValid});
    return with_heads(body.net, maps,
                      {{21, 45, {2}, 8},
                       {45, 99, {2, 3}, 16},
                       {99, 153, {2, 3}, 32},
                       {153, 207, {2, 3}, 64},
                       {207, 261, {2}, 100},
                       {261, 315, {2}, 300}},
                      300);
  }
};
FIRESTEEL_MODEL(Ssd300Vgg16);

struct Ssd512Vgg16 final : SsdOf<Ssd512Vgg16> {
  static constexpr auto schema() {
    return Schema{"ssd512_vgg16", "detection",   "SSD for 512x512 images: 24564 default boxes.",
                  kSsdClasses,    kSsdMostBoxes, kSsdDetect};
  }
  Graph graph() const override {
    Body body;
    auto maps = body.maps(512, {kHalf, kHalf, kHalf, kHalf, kLast});
    return with_heads(body.net, maps,
                      {{35.84, 76.8, {2}, 8},
                       {76.8, 153.6, {2, 3}, 16},
                       {153.6, 230.4, {2, 3}, 32},
                       {230.4, 307.2, {2, 3}, 64},
                       {307.2, 384, {2, 3}, 128},
                       {384, 460.8, {2}, 256},
                       {460.8, 537.6, {2}, 512}},
                      512);
  }
};
FIRESTEEL_MODEL(Ssd512Vgg16);

}  // namespace
}  // namespace firesteel
