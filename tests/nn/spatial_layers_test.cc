// SPDX-License-Identifier: Apache-2.0
// Nets of sequences, images and volumes, and what the layers of windows say of wrong attributes and
// inputs.
#include <gtest/gtest.h>

#include "tests/nn/small_nets.h"
#include "tests/relative_distance.h"

namespace firesteel::testing {
namespace {

// Every layer in as many dimensions, so that layouts flow from one to the next.
Graph net_of(size_t dimensions, int64_t channels) {
  constexpr int64_t kExtents[] = {8, 6, 5};
  Net net;
  Shape in = {channels};
  in.insert(in.end(), kExtents, kExtents + dimensions);
  std::string d = cat(dimensions, "d");
  auto conv = [&](Ref x, const Attrs& more) {
    Attrs attrs = {{"in_channels", channels}, {"out_channels", channels}, {"bias", false}};
    attrs.insert(attrs.end(), more.begin(), more.end());
    return net.add("Conv" + d, attrs, {x});
  };
  Ref x = net.graph.input("input", in);
  Ref a = net.relu(net.norm(conv(x, {{"kernel_size", Dims{3}}, {"padding", Dims{1}}}), channels));
  Ref b = conv(a, {{"kernel_size", Dims{2}}, {"padding_end", Dims{1}}});
  Ref c = net.relu(net.sum(net.norm(b, channels), a));
  Ref e = net.add("MaxPool" + d, {{"kernel_size", Dims{3}}, {"stride", Dims{2}}}, {c});
  Ref f = net.add("ConvTranspose" + d,
                  {{"in_channels", channels},
                   {"out_channels", int64_t{6}},
                   {"kernel_size", Dims{2}},
                   {"stride", Dims{2}}},
                  {e});
  Ref g = net.add("AvgPool" + d, {{"kernel_size", Dims{2}}, {"padding", Dims{1}}}, {net.relu(f)});
  net.graph.output(
      net.sum(net.add("GlobalAvgPool" + d, {}, {g}), net.add("GlobalMaxPool" + d, {}, {f})));
  return net.graph;
}

class SpatialNet : public ::testing::TestWithParam<std::tuple<size_t, int64_t, bool>> {};

TEST_P(SpatialNet, GivesWhatPlainLoopsGive) {
  auto [dimensions, channels, training] = GetParam();
  Graph graph = net_of(dimensions, channels);
  Results expected = run(graph, {.reference = true, .training = training, .fuse = false});
  Results got = run(graph, {.training = training});
  EXPECT_LT(relative_distance(got.output, expected.output), 1e-5);
  EXPECT_LT(relative_distance(got.input_gradient, expected.input_gradient), 3e-5);
  EXPECT_LT(relative_distance(got.gradients, expected.gradients), 3e-5);
}
INSTANTIATE_TEST_SUITE_P(All, SpatialNet,
                         ::testing::Combine(::testing::Range<size_t>(1, 4),
                                            ::testing::Values(3, 16, 20), ::testing::Bool()),
                         [](const auto& info) {
                           return cat(std::get<0>(info.param), "d_", std::get<1>(info.param),
                                      std::get<2>(info.param) ? "_training" : "_inference");
                         });

// What the fused pair of convolutions does not know.
TEST(SpatialNet, DepthwiseConvolutionPaddedAtItsEndIsNotFused) {
  Net net;
  Ref x = net.graph.input("input", {16, 5, 6});
  net.graph.output(net.add("Conv2d",
                           {{"in_channels", int64_t{32}},
                            {"out_channels", int64_t{32}},
                            {"kernel_size", Dims{3}},
                            {"stride", Dims{2}},
                            {"padding", Dims{0}},
                            {"padding_end", Dims{1}},
                            {"groups", int64_t{32}}},
                           {net.conv(x, 16, 32, 1)}));
  Results expected = run(net.graph, {.reference = true, .training = false, .fuse = false});
  EXPECT_LT(relative_distance(run(net.graph, {.training = false}).output, expected.output), 1e-5);
}

std::string complaint(const std::string& kind, const Attrs& attrs, const Shapes& in) {
  try {
    layer(kind, attrs)->infer(in);
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

TEST(SpatialLayers, SayWhatIsWrong) {
  Attrs conv = {
      {"in_channels", int64_t{2}}, {"out_channels", int64_t{4}}, {"kernel_size", Dims{3}}};
  auto with = [](Attrs attrs, const std::string& name, const AttrValue& value) {
    attrs.emplace_back(name, value);
    return attrs;
  };
  EXPECT_EQ(complaint("Conv1d", with(conv, "stride", Dims{1, 2}), {}),
            "Conv1d.stride: must be one number >= 1, got [1, 2]");
  EXPECT_EQ(complaint("Conv3d", with(conv, "dilation", Dims{1, 2}), {}),
            "Conv3d.dilation: must be one or three numbers >= 1, got [1, 2]");
  EXPECT_EQ(complaint("Conv1d", with(with(conv, "causal", true), "padding", int64_t{1}), {}),
            "Conv1d.causal: must be false where there is a padding, got true");
  EXPECT_EQ(complaint("Conv1d", conv, {{1, 2, 4, 4}}),
            "input must be sequences (channels x length), got [2, 4, 4]");
  EXPECT_EQ(complaint("Conv3d", conv, {{1, 2, 3, 2, 3}}),
            "a kernel of [3, 3, 3] does not fit into the input of [2, 3, 2, 3]");
  EXPECT_EQ(complaint("ConvTranspose2d", with(conv, "output_padding", Dims{1}), {}),
            "ConvTranspose2d.output_padding: must be less than stride or dilation, got [1]");
  EXPECT_EQ(complaint("ConvTranspose1d", with(conv, "padding", Dims{4}), {{1, 2, 3}}),
            "a padding of [4] leaves nothing of the input of [2, 3]");
  EXPECT_EQ(complaint("MaxPool1d", {{"kernel_size", Dims{2}}, {"padding_end", Dims{2}}}, {}),
            "MaxPool1d.padding_end: must be at most half of kernel_size, got [2]");
  EXPECT_EQ(complaint("ConvMap2d", with(conv, "connections", Dims{0, 0, 1}), {}),
            "ConvMap2d.connections: must be pairs of channels, got [0, 0, 1]");
  EXPECT_EQ(complaint("ConvMap2d", with(conv, "connections", Dims{0, 4}), {}),
            "ConvMap2d.connections: must be channels of the input and of the output, got 4 of 4");
  EXPECT_EQ(complaint("Upsample", {}, {}),
            "Upsample.size: must be given where scale_factor is not, and only there, got []");
  EXPECT_EQ(
      complaint("Upsample", {{"size", Dims{4}}, {"mode", std::string("bilinear")}}, {{1, 2, 3}}),
      "input must have 2 spatial extents, got [2, 3]");
  EXPECT_EQ(complaint("Fold", {{"output_size", Dims{4}}, {"kernel_size", Dims{2}}}, {{1, 4, 8}}),
            "input must be a multiple of 4 x 9 (points of a window x windows), got [4, 8]");
  EXPECT_EQ(complaint("MaxUnpool2d", {{"kernel_size", Dims{2}}}, {{1, 2, 2, 2}, {1, 2, 4, 6}}),
            "inputs must be [2, 2, 3], and the image of [2, 4, 6] that was pooled, got [2, 2, 2]");
}

}  // namespace
}  // namespace firesteel::testing
