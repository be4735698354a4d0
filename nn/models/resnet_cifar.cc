// SPDX-License-Identifier: Apache-2.0
// resnet20 ... resnet110: the CIFAR-10 nets of He et al., 2015, section 4.2: three stages of n blocks, 6n + 2
// layers. Where the channels double the shortcut is a 1x1 convolution with batch normalization (B), or
// every second point with zeros for the new channels (A).
#include "nn/models/blocks.h"

namespace firesteel {
namespace {

struct AOrB {
  static std::string text() { return "must be A or B"; }
  constexpr bool operator()(const std::string& type) const { return type == "A" || type == "B"; }
};

template <class Derived>
struct CifarResNet : ClassifierModel {
  std::string shortcut = "B";

  CifarResNet() { classes = 10; }
  static constexpr auto options(std::string_view name, std::string_view doc) {
    return Schema{name, "image", doc, kModelClasses,
                  attr("shortcut", &CifarResNet::shortcut,
                       "where channels double: B, a 1x1 convolution, or A, zeros", AOrB{})};
  }

  Graph graph() const override {
    NetBuilder net("kaiming_normal");
    Maps x = net.conv("conv1", net.input({3, 32, 32}), 16, {.kernel = 3});
    x = net.relu("relu", net.batch_norm("bn1", x));
    for (int64_t stage = 1, channels = 16; stage <= 3; ++stage, channels *= 2) {
      for (int64_t block = 0; block < Derived::kBlocks; ++block) {
        int64_t stride = stage > 1 && block == 0 ? 2 : 1;
        x = basic_block(net, cat("layer", stage, ".", block), x, channels, stride,
                        shortcut == "A" ? Shortcut::zeros : Shortcut::convolution);
      }
    }
    return net.graph({net.classifier("fc", x, classes)});
  }
};

#define FIRESTEEL_CIFAR_RESNET(Name, name, blocks)                                        \
  struct Name final : DescribedBy<Name, CifarResNet<Name>> {                              \
    static constexpr int64_t kBlocks = blocks;                                            \
    static constexpr auto schema() {                                                      \
      return options(name, "Residual net of the CIFAR-10 form for 32x32 colour images."); \
    }                                                                                     \
  };                                                                                      \
  FIRESTEEL_MODEL(Name)

FIRESTEEL_CIFAR_RESNET(ResNet20, "resnet20", 3);
FIRESTEEL_CIFAR_RESNET(ResNet32, "resnet32", 5);
FIRESTEEL_CIFAR_RESNET(ResNet44, "resnet44", 7);
FIRESTEEL_CIFAR_RESNET(ResNet56, "resnet56", 9);
FIRESTEEL_CIFAR_RESNET(ResNet110, "resnet110", 18);

}  // namespace
}  // namespace firesteel
