// SPDX-License-Identifier: Apache-2.0
// vgg16, vgg19: configurations D and E of Simonyan and Zisserman, 2014: 13 or 16 convolutions and 3
// linear layers. vgg16_cifar: D for 32x32 images, as BigDL has it: batch normalization after each convolution and
// linear layer, dropout between the convolutions, 512 units.
#include "nn/models/blocks.h"

namespace firesteel {
namespace {

constexpr int64_t kChannels[] = {64, 128, 256, 512, 512};
constexpr int64_t kUnits = 4096, kCifarUnits = 512;

// convolutions: of the last three stages; the first two have two.
Graph vgg(int64_t convolutions, const ImageClassifierModel& model) {
  NetBuilder net("kaiming_normal");
  Maps x = net.input({3, model.size, model.size});
  int64_t at = 0;
  for (int64_t channels : kChannels) {
    x = vgg_stage(net, "features.", at, x, channels, channels < 256 ? 2 : convolutions);
    x = net.max_pool(cat("features.", at++), x, {});
  }
  x = net.add("flatten", "Flatten", {}, {x});
  for (int64_t i : {0, 3}) {
    x = net.relu(cat("classifier.", i + 1), net.linear(cat("classifier.", i), x, kUnits));
    x = net.add(cat("classifier.", i + 2), "Dropout", {{"p", 0.5}}, {x});
  }
  return net.graph({net.linear("classifier.6", x, model.classes)});
}

Graph vgg_cifar(int64_t classes) {
  NetBuilder net("kaiming_normal");
  Maps x = net.input({3, 32, 32});
  for (int64_t stage = 1; int64_t channels : kChannels) {
    int64_t count = channels < 256 ? 2 : 3;
    for (int64_t i = 1; i <= count; ++i) {
      std::string name = cat("conv", stage, ".", i);
      x = net.conv(name, x, channels, {.kernel = 3, .bias = true});
      x = net.relu(name + ".relu", net.batch_norm(name + ".bn", x, 1e-3));
      double p = stage == 1 ? 0.3 : 0.4;
      if (i < count) x = net.add(name + ".dropout", "Dropout", {{"p", p}}, {x});
    }
    x = net.max_pool(cat("pool", stage++), x, {.ceil_mode = true});
  }
  x = net.add("dropout1", "Dropout", {{"p", 0.5}}, {net.add("flatten", "Flatten", {}, {x})});
  x = net.relu("relu", net.batch_norm("bn", net.linear("fc1", x, kCifarUnits)));
  x = net.add("dropout2", "Dropout", {{"p", 0.5}}, {x});
  return net.graph({net.linear("fc2", x, classes)});
}

struct Vgg16 final : ImageClassifierOf<Vgg16> {
  static constexpr auto schema() {
    return Schema{"vgg16", "image", "VGG-16 for colour images.", kModelClasses, kImageSize};
  }
  Graph graph() const override { return vgg(3, *this); }
};
FIRESTEEL_MODEL(Vgg16);

struct Vgg19 final : ImageClassifierOf<Vgg19> {
  static constexpr auto schema() {
    return Schema{"vgg19", "image", "VGG-19 for colour images.", kModelClasses, kImageSize};
  }
  Graph graph() const override { return vgg(4, *this); }
};
FIRESTEEL_MODEL(Vgg19);

struct Vgg16Cifar final : ClassifierOf<Vgg16Cifar> {
  Vgg16Cifar() { classes = 10; }
  static constexpr auto schema() {
    return Schema{"vgg16_cifar", "image",
                  "VGG-16 with batch normalization for 32x32 colour images.", kModelClasses};
  }
  Graph graph() const override { return vgg_cifar(classes); }
};
FIRESTEEL_MODEL(Vgg16Cifar);

}  // namespace
}  // namespace firesteel
