// SPDX-License-Identifier: Apache-2.0
// BoxHead: what each region holds, and where exactly. Ren et al., "Faster R-CNN", 2015; with a pyramid, Lin
// et al., "Feature pyramid networks", 2017.
#include "nn/composite.h"

namespace firesteel {

struct BoxHead final : CompositeOf<BoxHead> {
  int64_t in_channels = 0, resolution = 7, hidden = 1024, num_classes = 0, sampling_ratio = 2;
  std::vector<float> scales;

  static constexpr auto schema() {
    return Schema{
        "BoxHead",
        "block",
        "Scores of the classes and 4 numbers of regression for each class, of each region. Takes "
        "the "
        "maps of a pyramid and, last, regions as Proposal gives them.",
        required("in_channels", &BoxHead::in_channels, "channels of the maps", positive),
        required("num_classes", &BoxHead::num_classes, "classes, the background included",
                 positive),
        required("scales", &BoxHead::scales, "pixels of each map for one of the image", positive),
        attr("resolution", &BoxHead::resolution, "height and width that a region is cut to",
             positive),
        attr("sampling_ratio", &BoxHead::sampling_ratio, "samples of each part, squared",
             nonnegative),
        attr("hidden", &BoxHead::hidden, "units of the two layers", positive)};
  }
  static Sample sample() {
    return {.attrs = {{"in_channels", int64_t{2}},
                      {"num_classes", int64_t{3}},
                      {"scales", Reals{0.47}},
                      {"resolution", int64_t{2}},
                      {"sampling_ratio", int64_t{3}},
                      {"hidden", int64_t{4}}},
            .in = {{2, 2, 6, 7}, {2, 3, 4}},
            .ids_below = 13,
            .ids_inputs = {1}};
  }
  int least_inputs() const override { return static_cast<int>(scales.size()) + 1; }

  std::vector<Ref> build(Net& net, const std::vector<Ref>& in) const override {
    Ref x = net.add("pooler", "Pooler",
                    {{"output_size", Dims{resolution}},
                     {"spatial_scales", Reals(scales.begin(), scales.end())},
                     {"sampling_ratio", sampling_ratio}},
                    in);
    x = net.add("flatten", "TimeDistributed", {{"layer", std::string(R"({"kind": "Flatten"})")}},
                {x});
    x = linear(net, "fc1", x, in_channels * resolution * resolution, hidden);
    x = linear(net, "fc2", net.add("relu1", "ReLU", {}, {x}), hidden, hidden);
    x = net.add("relu2", "ReLU", {}, {x});
    return {linear(net, "scores", x, hidden, num_classes),
            linear(net, "regression", x, hidden, 4 * num_classes)};
  }

 private:
  static Ref linear(Net& net, const std::string& name, Ref x, int64_t inputs, int64_t outputs) {
    return net.add(name, "Linear", {{"in_features", inputs}, {"out_features", outputs}}, {x});
  }
};
FIRESTEEL_LAYER(BoxHead);

}  // namespace firesteel
