// SPDX-License-Identifier: Apache-2.0
// resnet8: a small residual net after He et al., 2015 (CIFAR form, one block per stage) with batch
// normalization, and dropout before the classifier.
#include "nn/models/zoo.h"

namespace firesteel {
namespace {

struct Builder {
  Graph graph;

  Ref conv_bn(const std::string& name, Ref x, int64_t in, int64_t out, int64_t kernel,
              int64_t stride) {
    Ref y = graph.add(name,
                      layer("Conv2d", {{"in_channels", in},
                                       {"out_channels", out},
                                       {"kernel_size", Dims{kernel}},
                                       {"stride", Dims{stride}},
                                       {"padding", Dims{kernel / 2}},
                                       {"bias", false}}),
                      {x});
    return graph.add(name + "_bn", layer("BatchNorm", {{"num_features", out}}), {y});
  }

  Ref block(const std::string& name, Ref x, int64_t in, int64_t out, int64_t stride) {
    Ref y = conv_bn(name + "_conv1", x, in, out, 3, stride);
    y = graph.add(name + "_relu1", layer("ReLU"), {y});
    y = conv_bn(name + "_conv2", y, out, out, 3, 1);
    Ref shortcut = in == out && stride == 1 ? x : conv_bn(name + "_skip", x, in, out, 1, stride);
    y = graph.add(name + "_add", layer("Add"), {y, shortcut});
    return graph.add(name + "_relu2", layer("ReLU"), {y});
  }
};

Graph resnet8() {
  Builder b;
  Ref x = b.graph.input("input", {1, 28, 28});
  x = b.conv_bn("stem", x, 1, 16, 3, 1);
  x = b.graph.add("stem_relu", layer("ReLU"), {x});
  x = b.block("block1", x, 16, 16, 1);
  x = b.block("block2", x, 16, 32, 2);
  x = b.block("block3", x, 32, 64, 2);
  x = b.graph.add("pool", layer("GlobalAvgPool2d"), {x});
  x = b.graph.add("dropout", layer("Dropout", {{"p", 0.1}}), {x});
  x = b.graph.add(
      "fc", layer("Linear", {{"in_features", int64_t{64}}, {"out_features", int64_t{10}}}), {x});
  b.graph.output(x);
  return std::move(b.graph);
}
FIRESTEEL_MODEL(resnet8, "residual net of 8 layers with batch normalization for 28x28 grey images",
                resnet8);

}  // namespace
}  // namespace firesteel
