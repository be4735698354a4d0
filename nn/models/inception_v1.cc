// SPDX-License-Identifier: Apache-2.0
// GoogLeNet (Szegedy et al., 2015). inception_v1 is torchvision's: batch normalization after every
// convolution, and 3x3 where the paper has 5x5. inception_v1_aux has the paper's two auxiliary
// classifiers too. inception_v1_no_bn is the paper's net without them, as BigDL has it.
#include "nn/models/blocks.h"

namespace firesteel {
namespace {

// Channels of a module's branches; reduce: of the 1x1 convolution before.
struct Widths {
  int64_t one, reduce_three, three, reduce_five, five, pool;
};

struct GoogLeNet {
  int64_t classes, size;
  bool batch_norm = true;
  NetBuilder net{batch_norm ? "default" : "xavier_uniform"};

  Maps conv(const std::string& name, const Maps& x, int64_t channels, int64_t kernel = 1,
            int64_t stride = 1) {
    ConvSize size{.kernel = kernel, .stride = stride, .bias = !batch_norm};
    if (batch_norm) return basic_conv(net, name, x, channels, size);
    return net.relu(name + ".relu", net.conv(name + ".conv", x, channels, size));
  }

  Maps pool(const std::string& name, const Maps& x, int64_t kernel = 3) {
    return net.max_pool(name, x, {.kernel = kernel, .stride = 2, .ceil_mode = true});
  }

  // Before there was batch normalization.
  Maps local_response(const std::string& name, const Maps& x) {
    return batch_norm ? x : net.add(name, "LRN", {{"size", int64_t{5}}}, {x});
  }

  Maps module(const std::string& name, const Maps& x, const Widths& w) {
    Maps one = conv(name + ".branch1", x, w.one);
    Maps three = conv(name + ".branch2.0", x, w.reduce_three);
    three = conv(name + ".branch2.1", three, w.three, 3);
    Maps five = conv(name + ".branch3.0", x, w.reduce_five);
    five = conv(name + ".branch3.1", five, w.five, batch_norm ? 3 : 5);
    Maps pooled = net.max_pool(name + ".branch4.0", x, {.kernel = 3, .stride = 1, .padding = 1});
    pooled = conv(name + ".branch4.1", pooled, w.pool);
    return net.concat(name, {one, three, five, pooled});
  }

  // torchvision pools to 4x4 with windows of 4 at uneven distances; here they are the paper's.
  Maps auxiliary(const std::string& name, const Maps& x) {
    Maps y = net.avg_pool(name + ".avgpool", x, {.kernel = 5, .stride = 3});
    y = net.add(name + ".flatten", "Flatten", {}, {conv(name + ".conv", y, 128)});
    y = net.relu(name + ".relu", net.linear(name + ".fc1", y, 1024));
    y = net.add(name + ".dropout", "Dropout", {{"p", 0.7}}, {y});
    return net.linear(name + ".fc2", y, classes);
  }

  Graph graph(bool with_auxiliary = false) {
    Maps x = pool("maxpool1", conv("conv1", net.input({3, size, size}), 64, 7, 2));
    x = conv("conv3", conv("conv2", local_response("norm1", x), 64), 192, 3);
    x = pool("maxpool2", local_response("norm2", x));
    x = module("inception3a", x, {64, 96, 128, 16, 32, 32});
    x = module("inception3b", x, {128, 128, 192, 32, 96, 64});
    Maps a = module("inception4a", pool("maxpool3", x), {192, 96, 208, 16, 48, 64});
    x = module("inception4b", a, {160, 112, 224, 24, 64, 64});
    x = module("inception4c", x, {128, 128, 256, 24, 64, 64});
    Maps d = module("inception4d", x, {112, 144, 288, 32, 64, 64});
    x = module("inception4e", d, {256, 160, 320, 32, 128, 128});
    x = pool("maxpool4", x, batch_norm ? 2 : 3);
    x = module("inception5a", x, {256, 160, 320, 32, 128, 128});
    x = module("inception5b", x, {384, 192, 384, 48, 128, 128});
    std::vector<Maps> outputs = {net.classifier("fc", x, classes, batch_norm ? 0.2 : 0.4)};
    if (with_auxiliary) {
      outputs.push_back(auxiliary("aux1", a));
      outputs.push_back(auxiliary("aux2", d));
    }
    return net.graph(outputs);
  }
};

struct InceptionV1 final : ImageClassifierOf<InceptionV1> {
  static constexpr auto schema() {
    return Schema{"inception_v1", "image", "GoogLeNet with batch normalization for colour images.",
                  kModelClasses, kImageSize};
  }
  Graph graph() const override { return GoogLeNet{.classes = classes, .size = size}.graph(); }
};
FIRESTEEL_MODEL(InceptionV1);

struct InceptionV1Aux final : ImageClassifierOf<InceptionV1Aux> {
  static constexpr auto schema() {
    return Schema{"inception_v1_aux", "image",
                  "inception_v1 with its two auxiliary classifiers: three outputs.", kModelClasses,
                  kImageSize};
  }
  Graph graph() const override { return GoogLeNet{.classes = classes, .size = size}.graph(true); }
};
FIRESTEEL_MODEL(InceptionV1Aux);

struct InceptionV1NoBn final : ImageClassifierOf<InceptionV1NoBn> {
  static constexpr auto schema() {
    return Schema{"inception_v1_no_bn", "image",
                  "The original GoogLeNet, with local response normalization.", kModelClasses,
                  kImageSize};
  }
  Graph graph() const override {
    return GoogLeNet{.classes = classes, .size = size, .batch_norm = false}.graph();
  }
};
FIRESTEEL_MODEL(InceptionV1NoBn);

}  // namespace
}  // namespace firesteel
