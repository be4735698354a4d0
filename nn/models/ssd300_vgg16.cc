// SPDX-License-Identifier: Apache-2.0
// ssd300_vgg16: the single shot detector of Liu et al., 2016, as torchvision has it, without the
// choice of boxes at the end. Outputs: of 8732 default boxes the regression of the 4 coordinates,
// and the scores of the 91 classes of COCO.
#include "nn/models/blocks.h"

namespace firesteel {
namespace {

constexpr int64_t kClasses = 91;

struct Ssd {
  NetBuilder net{"kaiming_normal"};

  Maps conv(const std::string& name, int64_t relu, const Maps& x, int64_t channels, ConvSize size) {
    size.bias = true;
    return net.relu(cat(name, relu + 1), net.conv(cat(name, relu), x, channels, size));
  }

  // VGG-16 to conv4_3, whose maps are scaled to the length of the others.
  Maps features() {
    Maps x = net.input({3, 300, 300});
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

  // Rows of `columns` numbers, one for every default box: by position, then by box.
  Maps head(const std::string& kind, const std::vector<Maps>& maps, int64_t columns) {
    const int64_t boxes[] = {4, 6, 6, 6, 4, 4};
    std::vector<Maps> rows;
    for (size_t i = 0; i < maps.size(); ++i) {
      std::string name = cat("head.", kind, "_head.module_list.", i);
      Maps y = net.conv(name, maps[i], boxes[i] * columns, {.kernel = 3, .bias = true});
      y = net.add(name + ".permute", "Permute", {{"dims", Dims{2, 3, 1}}}, {y});
      rows.push_back(net.add(name + ".reshape", "Reshape", {{"shape", Dims{-1, columns}}}, {y}));
    }
    return net.concat(cat("head.", kind), rows);
  }

  Graph graph() {
    Maps x = features();
    std::vector<Maps> maps = {
        net.add("backbone.scale", "ChannelL2Norm", {{"num_features", x.channels()}}, {x}),
        extra0(x)};
    const ConvSize half{.kernel = 3, .stride = 2}, valid{.kernel = 3, .padding = 0};
    maps.push_back(extra(1, maps.back(), 512, half));
    maps.push_back(extra(2, maps.back(), 256, half));
    maps.push_back(extra(3, maps.back(), 256, valid));
    maps.push_back(extra(4, maps.back(), 256, valid));
    return net.graph({head("regression", maps, 4), head("classification", maps, kClasses)});
  }
};

FIRESTEEL_MODEL(ssd300_vgg16, "SSD for 300x300 images: 8732 boxes and their scores of 91 classes",
                [] { return Ssd{}.graph(); });

}  // namespace
}  // namespace firesteel
