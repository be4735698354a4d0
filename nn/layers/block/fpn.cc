// SPDX-License-Identifier: Apache-2.0
// FPN: maps of several sizes of which each has seen the smaller ones. Lin et al., "Feature pyramid
// networks for object detection", 2017.
#include "nn/composite.h"

namespace firesteel {

struct FPN final : CompositeOf<FPN> {
  Dims in_channels;
  int64_t out_channels = 0, top_blocks = 0;

  static constexpr auto schema() {
    return Schema{
        "FPN",
        "block",
        "A pyramid of maps of one number of channels. Takes maps from large to small, each half as "
        "large as the one before, and returns as many, and top_blocks smaller ones.",
        required("in_channels", &FPN::in_channels, "channels of each map", positive),
        required("out_channels", &FPN::out_channels, "channels of the results", positive),
        attr("top_blocks", &FPN::top_blocks, "maps beyond the smallest: every second point of it",
             nonnegative)};
  }
  static Sample sample() {
    return {.attrs = {{"in_channels", Dims{2, 3}},
                      {"out_channels", int64_t{2}},
                      {"top_blocks", int64_t{1}}},
            .in = {{2, 2, 4, 6}, {2, 3, 2, 3}}};
  }
  void check() const override {
    require<AttrError>(!in_channels.empty(), "FPN.in_channels: must not be empty");
  }
  int least_inputs() const override { return static_cast<int>(in_channels.size()); }

  std::vector<Ref> build(Net& net, const std::vector<Ref>& in) const override {
    std::vector<Ref> out(in.size());
    Ref above;
    for (size_t level = in.size(); level-- > 0;) {
      Ref x = conv(net, cat("inner", level), in[level], in_channels[level], 1);
      if (level + 1 < in.size()) {
        Ref larger =
            net.add(cat("upsample", level), "Upsample", {{"scale_factor", Reals{2}}}, {above});
        x = net.add(cat("sum", level), "Add", {}, {x, larger});
      }
      above = x;
      out[level] = conv(net, cat("layer", level), x, out_channels, 3);
    }
    for (int64_t i = 0; i < top_blocks; ++i) {
      out.push_back(net.add(cat("top", i), "MaxPool2d",
                            {{"kernel_size", Dims{1}}, {"stride", Dims{2}}}, {out.back()}));
    }
    return out;
  }

 private:
  Ref conv(Net& net, const std::string& name, Ref x, int64_t channels, int64_t kernel) const {
    return net.add(name, "Conv2d",
                   {{"in_channels", channels},
                    {"out_channels", out_channels},
                    {"kernel_size", Dims{kernel}},
                    {"padding", Dims{kernel / 2}}},
                   {x});
  }
};
FIRESTEEL_LAYER(FPN);

}  // namespace firesteel
