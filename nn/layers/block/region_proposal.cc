// SPDX-License-Identifier: Apache-2.0
// RegionProposal: the net that says where objects may be. Ren et al., "Faster R-CNN", 2015.
#include "nn/composite.h"

namespace firesteel {

struct RegionProposal final : CompositeOf<RegionProposal> {
  int64_t in_channels = 0, hidden = 512, stride = 16, pre_nms_topn = 6000, post_nms_topn = 300;
  std::vector<float> ratios = {0.5f, 1, 2}, scales = {8, 16, 32};
  float nms_threshold = 0.7f, min_size = 16;
  Dims image_size;

  static constexpr auto schema() {
    using Self = RegionProposal;
    return Schema{
        "RegionProposal",
        "block",
        "Regions that may be objects, from a map: Proposal behind the net that scores anchors and "
        "moves them. Outputs: regions, their scores; scores and regression of all anchors, which "
        "are "
        "what is trained.",
        required("in_channels", &Self::in_channels, "channels of the map", positive),
        attr("hidden", &Self::hidden, "channels of the net", positive),
        attr("ratios", &Self::ratios, "heights of anchors divided by their widths", positive),
        attr("scales", &Self::scales, "of anchors", positive),
        attr("stride", &Self::stride, "pixels of the image for one of the map", positive),
        attr("pre_nms_topn", &Self::pre_nms_topn, "the best that are looked at; 0: all",
             nonnegative),
        attr("post_nms_topn", &Self::post_nms_topn, "regions of the output", positive),
        attr("nms_threshold", &Self::nms_threshold,
             "intersection over union with a better region that is too much", nonnegative),
        attr("min_size", &Self::min_size, "pixels that a side must have", nonnegative),
        required("image_size", &Self::image_size, "height and width of the image", positive_pair)};
  }
  static Sample sample() {
    return {.attrs = {{"in_channels", int64_t{2}},
                      {"hidden", int64_t{3}},
                      {"scales", Reals{1, 2}},
                      {"stride", int64_t{4}},
                      {"post_nms_topn", int64_t{5}},
                      {"min_size", 2.0},
                      {"image_size", Dims{8, 12}}},
            .in = {{2, 2, 2, 3}}};
  }

  std::vector<Ref> build(Net& net, const std::vector<Ref>& in) const override {
    auto each = static_cast<int64_t>(ratios.size() * scales.size());
    Ref x = net.add("relu", "ReLU", {}, {conv(net, "conv", in[0], in_channels, hidden, 3)});
    Ref scores = conv(net, "scores", x, hidden, each, 1);
    Ref regression = conv(net, "regression", x, hidden, 4 * each, 1);
    Ref shares = net.add("sigmoid", "Sigmoid", {}, {scores});
    Ref regions = net.add("proposal", "Proposal",
                          {{"pre_nms_topn", pre_nms_topn},
                           {"post_nms_topn", post_nms_topn},
                           {"nms_threshold", double{nms_threshold}},
                           {"min_size", double{min_size}},
                           {"image_size", image_size},
                           {"ratios", Reals(ratios.begin(), ratios.end())},
                           {"scales", Reals(scales.begin(), scales.end())},
                           {"stride", stride}},
                          {shares, regression});
    return {regions, Net::output(regions, 1), scores, regression};
  }

 private:
  static Ref conv(Net& net, const std::string& name, Ref x, int64_t from, int64_t to,
                  int64_t kernel) {
    return net.add(name, "Conv2d",
                   {{"in_channels", from},
                    {"out_channels", to},
                    {"kernel_size", Dims{kernel}},
                    {"padding", Dims{kernel / 2}}},
                   {x});
  }
};
FIRESTEEL_LAYER(RegionProposal);

}  // namespace firesteel
