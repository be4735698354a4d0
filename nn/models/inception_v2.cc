// SPDX-License-Identifier: Apache-2.0
// inception_v2: the net of Ioffe and Szegedy, "Batch normalization", 2015, with the widths that
// BigDL has (Caffe has 128 channels instead of 96 behind the pooling of 4c and 4d). Convolutions
// have no bias, since the normalization after them has one.
#include "nn/models/blocks.h"

namespace firesteel {
namespace {

// Channels of a module's branches. Without `one` the module halves the image, and without `pool`
// the pooled input is passed on as it is.
struct BlockWidths {
  int64_t one, reduce_three, three, reduce_double, double_three, pool;
};

Maps module(NetBuilder& net, const std::string& name, const Maps& x, const BlockWidths& w,
            bool average = true) {
  auto conv = [&](const std::string& branch, const Maps& from, int64_t channels, int64_t kernel = 1,
                  int64_t stride = 1) {
    return basic_conv(net, name + branch, from, channels, {.kernel = kernel, .stride = stride});
  };
  bool halves = w.one == 0;
  int64_t stride = halves ? 2 : 1;
  std::vector<Maps> branches;
  if (!halves) branches.push_back(conv(".branch1", x, w.one));
  Maps three = conv(".branch2.0", x, w.reduce_three);
  branches.push_back(conv(".branch2.1", three, w.three, 3, stride));
  Maps twice = conv(".branch3.0", x, w.reduce_double);
  twice = conv(".branch3.1", twice, w.double_three, 3);
  branches.push_back(conv(".branch3.2", twice, w.double_three, 3, stride));
  std::string pool = name + ".branch4.0";
  if (halves) {
    branches.push_back(net.max_pool(pool, x, {.kernel = 3, .stride = 2, .ceil_mode = true}));
  } else {
    PoolSize same{.kernel = 3, .stride = 1, .padding = 1};
    Maps pooled = average ? net.avg_pool(pool, x, same) : net.max_pool(pool, x, same);
    branches.push_back(conv(".branch4.1", pooled, w.pool));
  }
  return net.concat(name, branches);
}

Graph inception_v2(int64_t classes, int64_t size) {
  NetBuilder net;
  PoolSize half{.kernel = 3, .stride = 2, .ceil_mode = true};
  Maps x = net.input({3, size, size});
  x = basic_conv(net, "conv1", x, 64, {.kernel = 7, .stride = 2});
  x = basic_conv(net, "conv2", net.max_pool("maxpool1", x, half), 64, {});
  x = basic_conv(net, "conv3", x, 192, {.kernel = 3});
  x = net.max_pool("maxpool2", x, half);
  x = module(net, "inception3a", x, {64, 64, 64, 64, 96, 32});
  x = module(net, "inception3b", x, {64, 64, 96, 64, 96, 64});
  x = module(net, "inception3c", x, {0, 128, 160, 64, 96, 0});
  x = module(net, "inception4a", x, {224, 64, 96, 96, 128, 128});
  x = module(net, "inception4b", x, {192, 96, 128, 96, 128, 128});
  x = module(net, "inception4c", x, {160, 128, 160, 128, 160, 96});
  x = module(net, "inception4d", x, {96, 128, 192, 160, 192, 96});
  x = module(net, "inception4e", x, {0, 128, 192, 192, 256, 0});
  x = module(net, "inception5a", x, {352, 192, 320, 160, 224, 128});
  x = module(net, "inception5b", x, {352, 192, 320, 192, 224, 128}, false);
  return net.graph({net.classifier("fc", x, classes)});
}

struct InceptionV2 final : ImageClassifierOf<InceptionV2> {
  static constexpr auto schema() {
    return Schema{"inception_v2", "image", "BN-Inception for colour images.", kModelClasses,
                  kImageSize};
  }
  Graph graph() const override { return inception_v2(classes, size); }
};
FIRESTEEL_MODEL(InceptionV2);

}  // namespace
}  // namespace firesteel
