// SPDX-License-Identifier: Apache-2.0
// squeezenet1_0, squeezenet1_1: fire modules of Iandola et al., 2016: a 1x1 convolution to few channels, then
// 1x1 and 3x3 ones side by side. 1.1 pools earlier and computes less than half as much.
#include "nn/models/blocks.h"

namespace firesteel {
namespace {

struct SqueezeNet {
  int64_t size;
  NetBuilder net{"kaiming_normal"};
  int64_t at = 0;

  std::string next() { return cat("features.", at++); }

  Maps fire(const Maps& x, int64_t squeezed, int64_t expanded) {
    std::string name = next();
    auto part = [&](const std::string& of, const Maps& from, int64_t channels, int64_t kernel) {
      Maps y = net.conv(name + "." + of, from, channels, {.kernel = kernel, .bias = true});
      return net.relu(name + "." + of + "_activation", y);
    };
    Maps squeeze = part("squeeze", x, squeezed, 1);
    return net.concat(
        name, {part("expand1x1", squeeze, expanded, 1), part("expand3x3", squeeze, expanded, 3)});
  }
  Maps pool(const Maps& x) {
    return net.max_pool(next(), x, {.kernel = 3, .stride = 2, .ceil_mode = true});
  }
  Maps first(int64_t channels, int64_t kernel) {
    Maps x = net.conv(next(), net.input({3, size, size}), channels,
                      {.kernel = kernel, .stride = 2, .padding = 0, .bias = true});
    return net.relu(next(), x);
  }
  Graph end(const Maps& features, int64_t classes) {
    Maps x = net.add("classifier.0", "Dropout", {{"p", 0.5}}, {features});
    x = net.relu("classifier.2", net.conv("classifier.1", x, classes, {.bias = true}));
    return net.graph({net.add("classifier.3", "GlobalAvgPool2d", {}, {x})});
  }

  Graph version_1_0(int64_t classes) {
    Maps x = pool(first(96, 7));
    x = pool(fire(fire(fire(x, 16, 64), 16, 64), 32, 128));
    x = fire(fire(fire(fire(x, 32, 128), 48, 192), 48, 192), 64, 256);
    return end(fire(pool(x), 64, 256), classes);
  }
  Graph version_1_1(int64_t classes) {
    Maps x = pool(first(64, 3));
    x = pool(fire(fire(x, 16, 64), 16, 64));
    x = pool(fire(fire(x, 32, 128), 32, 128));
    x = fire(fire(fire(fire(x, 48, 192), 48, 192), 64, 256), 64, 256);
    return end(x, classes);
  }
};

struct SqueezeNet10 final : ImageClassifierOf<SqueezeNet10> {
  static constexpr auto schema() {
    return Schema{"squeezenet1_0", "image", "SqueezeNet 1.0 for colour images.", kModelClasses,
                  kImageSize};
  }
  Graph graph() const override { return SqueezeNet{size}.version_1_0(classes); }
};
FIRESTEEL_MODEL(SqueezeNet10);

struct SqueezeNet11 final : ImageClassifierOf<SqueezeNet11> {
  static constexpr auto schema() {
    return Schema{"squeezenet1_1", "image", "SqueezeNet 1.1 for colour images.", kModelClasses,
                  kImageSize};
  }
  Graph graph() const override { return SqueezeNet{size}.version_1_1(classes); }
};
FIRESTEEL_MODEL(SqueezeNet11);

}  // namespace
}  // namespace firesteel
