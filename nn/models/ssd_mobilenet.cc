// SPDX-License-Identifier: Apache-2.0
// ssd_mobilenet: the single shot detector on MobileNet (Howard et al., 2017, section 4.6), with the maps and
// default boxes of its Caffe form.
#include "nn/models/ssd.h"

namespace firesteel {
namespace {

struct SsdMobileNet final : SsdOf<SsdMobileNet> {
  static constexpr auto schema() {
    return Schema{
        "ssd_mobilenet", "detection",   "SSD on MobileNet for 300x300 images: 1917 default boxes.",
        kSsdClasses,     kSsdMostBoxes, kSsdDetect};
  }

  Graph graph() const override {
    NetBuilder net("kaiming_normal");
    auto step = [&](const std::string& name, const Maps& x, int64_t channels, ConvSize size) {
      Maps y = net.batch_norm(name + ".bn", net.conv(name + ".conv", x, channels, size));
      return net.relu(name + ".relu", y);
    };
    std::vector<Maps> maps;
    Maps x = step("conv0", net.input({3, 300, 300}), 32, {.kernel = 3, .stride = 2});
    for (int64_t block = 1; block <= 13; ++block) {
      bool halves = block == 2 || block == 4 || block == 6 || block == 12;
      int64_t channels = block == 1 ? 64 : halves ? 2 * x.channels() : x.channels();
      std::string name = cat("conv", block);
      ConvSize apart{.kernel = 3, .stride = halves ? 2 : 1, .groups = x.channels()};
      x = step(name + ".depthwise", x, x.channels(), apart);
      x = step(name + ".pointwise", x, channels, {});
      if (block == 11 || block == 13) maps.push_back(x);
    }
    for (int64_t number = 14; int64_t channels : {512, 256, 256, 128}) {
      std::string name = cat("conv", number++);
      x = step(name + "_1", x, channels / 2, {});
      x = step(name + "_2", x, channels, {.kernel = 3, .stride = 2});
      maps.push_back(x);
    }
    const std::vector<double> both = {2, 3};
    return with_heads(net, maps,
                      {{60, 0, {2}, 300.0 / 19},
                       {105, 150, both, 30},
                       {150, 195, both, 60},
                       {195, 240, both, 100},
                       {240, 285, both, 150},
                       {285, 300, both, 300}},
                      300);
  }
};
FIRESTEEL_MODEL(SsdMobileNet);

}  // namespace
}  // namespace firesteel
