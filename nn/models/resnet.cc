// SPDX-License-Identifier: Apache-2.0
// resnet18, resnet34: basic blocks of He et al., 2015. resnet50, resnet101, resnet152: bottleneck blocks, in the form called
// v1.5: the stride is on the 3x3 convolution and not on the 1x1 before it.
#include <array>

#include "nn/models/blocks.h"

namespace firesteel {
namespace {

constexpr int64_t kExpansion = 4;

Maps bottleneck(NetBuilder& net, const std::string& name, const Maps& input, int64_t width,
                int64_t stride) {
  Maps x = net.conv(name + ".conv1", input, width, {});
  x = net.relu(name + ".relu1", net.batch_norm(name + ".bn1", x));
  x = net.conv(name + ".conv2", x, width, {.kernel = 3, .stride = stride});
  x = net.relu(name + ".relu2", net.batch_norm(name + ".bn2", x));
  x = net.conv(name + ".conv3", x, width * kExpansion, {});
  x = net.last_batch_norm(name + ".bn3", x);
  return add_shortcut(net, name, input, x, stride);
}

struct ResNetModel : ImageClassifierModel {
  bool zero_init_residual = false;
};
inline constexpr auto kZeroInit =
    attr("zero_init_residual", &ResNetModel::zero_init_residual,
         "the last normalization of each block begins with zero, as large batches want");

Graph resnet(const std::array<int64_t, 4>& blocks, bool bottlenecks, const ResNetModel& model) {
  NetBuilder net("kaiming_normal");
  net.zero_init_residuals(model.zero_init_residual);
  Maps x =
      net.conv("conv1", net.input({3, model.size, model.size}), 64, {.kernel = 7, .stride = 2});
  x = net.relu("relu", net.batch_norm("bn1", x));
  x = net.max_pool("maxpool", x, {.kernel = 3, .stride = 2, .padding = 1});
  for (int64_t stage = 1, width = 64; int64_t count : blocks) {
    for (int64_t block = 0; block < count; ++block) {
      int64_t stride = stage > 1 && block == 0 ? 2 : 1;
      std::string name = cat("layer", stage, ".", block);
      x = bottlenecks ? bottleneck(net, name, x, width, stride)
                      : basic_block(net, name, x, width, stride);
    }
    ++stage;
    width *= 2;
  }
  return net.graph({net.classifier("fc", x, model.classes)});
}

#define FIRESTEEL_RESNET(Name, name, bottlenecks, doc, ...)                            \
  struct Name final : DescribedBy<Name, ResNetModel> {                                 \
    static constexpr auto schema() {                                                   \
      return Schema{name, "image", doc, kModelClasses, kImageSize, kZeroInit};         \
    }                                                                                  \
    Graph graph() const override { return resnet({__VA_ARGS__}, bottlenecks, *this); } \
  };                                                                                   \
  FIRESTEEL_MODEL(Name)

FIRESTEEL_RESNET(ResNet18, "resnet18", false, "ResNet-18 for colour images.", 2, 2, 2, 2);
FIRESTEEL_RESNET(ResNet34, "resnet34", false, "ResNet-34 for colour images.", 3, 4, 6, 3);
FIRESTEEL_RESNET(ResNet50, "resnet50", true, "ResNet-50 v1.5 for colour images.", 3, 4, 6, 3);
FIRESTEEL_RESNET(ResNet101, "resnet101", true, "ResNet-101 v1.5 for colour images.", 3, 4, 23, 3);
FIRESTEEL_RESNET(ResNet152, "resnet152", true, "ResNet-152 v1.5 for colour images.", 3, 8, 36, 3);

}  // namespace
}  // namespace firesteel
