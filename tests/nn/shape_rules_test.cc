// SPDX-License-Identifier: Apache-2.0
// What layers that change shapes refuse, and the shapes that their attributes lead to.
#include <gtest/gtest.h>

#include "nn/models/zoo.h"

namespace firesteel {
namespace {

// The text of what is thrown.
std::string error_of(const std::string& kind, const Attrs& attrs, const Shapes& in) {
  try {
    layer(kind, attrs)->infer(in);
  } catch (const Error& e) {
    return e.what();
  }
  return "nothing was thrown";
}

TEST(ShapeRules, ExtentsAreThere) {
  EXPECT_EQ(error_of("Select", {{"dim", int64_t{3}}, {"index", int64_t{0}}}, {{2, 3, 4}}),
            "input must have an extent 3, got [3, 4]");
  EXPECT_EQ(error_of("Flip", {{"dims", Dims{-3}}}, {{2, 3, 4}}),
            "input must have an extent -3, got [3, 4]");
  EXPECT_EQ(error_of("Sum", {{"dims", Dims{2, -1}}}, {{2, 3, 4}}),
            "input must have an extent for each of [2, -1], got [3, 4]");
  EXPECT_EQ(error_of("Sum", {{"dims", Dims{0}}}, {{2, 3, 4}}),
            "Sum.dims: must not be 0, the batch, got [0]");
  EXPECT_EQ(error_of("Unsqueeze", {{"dim", int64_t{4}}}, {{2, 3, 4}}),
            "input must have more extents for another one at 4, got [3, 4]");
  EXPECT_EQ(error_of("Squeeze", {{"dim", Dims{2}}}, {{2, 3, 4}}),
            "input must have 1 as extent 2, got [3, 4]");
  EXPECT_EQ(error_of("Tile", {{"repeats", Dims{2}}}, {{2, 3, 4}}),
            "input must have 1 extents, got [3, 4]");
}

TEST(ShapeRules, RangesAreWithinTheirExtent) {
  EXPECT_EQ(error_of("Select", {{"index", int64_t{-4}}}, {{2, 3, 4}}),
            "input must have a place -4 in extent 1, got [3, 4]");
  EXPECT_EQ(error_of("Narrow", {{"start", int64_t{-4}}, {"length", int64_t{1}}}, {{2, 3, 4}}),
            "input must have 4 numbers in dimension 1, got [3, 4]");
  EXPECT_EQ(error_of("Narrow", {{"start", int64_t{-1}}, {"length", int64_t{2}}}, {{2, 3, 4}}),
            "Narrow.length: must be <= 1 from start -1, got 2");
  EXPECT_EQ(error_of("StridedSlice", {{"starts", Dims{2}}, {"ends", Dims{1}}}, {{2, 3, 4}}),
            "input must have numbers in the range of extent 1, got [3, 4]");
  EXPECT_EQ(error_of("Crop", {{"cropping", Dims{2, 2}}}, {{2, 3, 4}}),
            "input must be larger than its borders [2, 2], got [3, 4]");
  EXPECT_EQ(
      error_of("Pad", {{"padding", Dims{4, 0}}, {"mode", std::string("reflect")}}, {{2, 3, 4}}),
      "input must be large enough for padding [4, 0], got [3, 4]");
  EXPECT_EQ(error_of("TopK", {{"k", int64_t{5}}}, {{2, 3, 4}}),
            "input must have at least 5 numbers in extent -1, got [3, 4]");
  EXPECT_EQ(error_of("Gather", {{"index", Dims{3}}}, {{2, 3, 4}}),
            "input must have a place 3 in extent 1, got [3, 4]");
}

TEST(ShapeRules, PartsFitTogether) {
  EXPECT_EQ(error_of("Split", {{"sizes", Dims{1, 1}}}, {{2, 3, 4}}),
            "input must have 2 numbers in extent 1, got [3, 4]");
  EXPECT_EQ(error_of("Split", {{"sections", int64_t{4}}}, {{2, 3, 4}}),
            "input must have at least 4 numbers in extent 1, got [3, 4]");
  EXPECT_EQ(error_of("Split", {{"sections", int64_t{2}}, {"keepdim", false}}, {{2, 3, 4}}),
            "parts must be of one place without keepdim, got 2");
  EXPECT_EQ(error_of("Stack", {}, {{2, 3}, {2, 4}}), "inputs must have one shape, got [3] and [4]");
  EXPECT_EQ(error_of("Expand", {{"shape", Dims{3, 5}}}, {{2, 3, 4}}),
            "input must have the last extents of [3, 5] or 1 in their place, got [3, 4]");
  EXPECT_EQ(error_of("Expand", {{"shape", Dims{-1, 3, 4}}}, {{2, 3, 4}}),
            "input must have the last extents of [-1, 3, 4] or 1 in their place, got [3, 4]");
  EXPECT_EQ(error_of("PixelShuffle", {{"upscale_factor", int64_t{2}}}, {{2, 6, 4, 4}}),
            "input must have a multiple of 4 channels, got [6, 4, 4]");
  EXPECT_EQ(error_of("Pad", {{"padding", Dims{1, 1}}, {"mode", std::string("mirror")}}, {{2, 3}}),
            "Pad.mode: must be one of constant, reflect, replicate, circular, got 'mirror'");
  EXPECT_EQ(error_of("Var", {{"dims", Dims{1}}}, {{2, 1}}),
            "input must have more than one number for a variance, got [1]");
}

TEST(ShapeRules, StepsOfPaddedRowsAreLeftAlone) {
  auto steps = [](const std::string& kind, const Attrs& attrs) {
    return layer(kind, attrs)->steps({2, 5, 4, 3});
  };
  EXPECT_EQ(steps("Sum", {{"dims", Dims{2, -1}}}), Steps::each);
  EXPECT_EQ(steps("Sum", {{"dims", Dims{1}}}), Steps::mixed);
  EXPECT_EQ(steps("Mean", {}), Steps::mixed);
  EXPECT_EQ(steps("Transpose", {{"dim0", int64_t{2}}, {"dim1", int64_t{-1}}}), Steps::each);
  EXPECT_EQ(steps("Transpose", {{"dim0", int64_t{-1}}, {"dim1", int64_t{1}}}), Steps::mixed);
  EXPECT_EQ(steps("Select", {{"index", int64_t{0}}}), Steps::each);
  EXPECT_EQ(steps("Select", {{"index", int64_t{-1}}}), Steps::mixed);
  EXPECT_EQ(steps("Narrow", {{"start", int64_t{-1}}, {"length", int64_t{1}}}), Steps::mixed);
  EXPECT_EQ(steps("CumSum", {}), Steps::each);
  EXPECT_EQ(steps("CumSum", {{"reverse", true}}), Steps::mixed);
  EXPECT_EQ(steps("StridedSlice", {{"starts", Dims{0, 1}}, {"ends", Dims{5, 2}}}), Steps::each);
  EXPECT_EQ(steps("StridedSlice", {{"starts", Dims{1}}}), Steps::mixed);
  EXPECT_EQ(steps("Pad", {{"padding", Dims{1, 1, 1, 1}}}), Steps::each);
  EXPECT_EQ(steps("Pad", {{"padding", Dims{1, 1, 1, 1, 1, 1}}}), Steps::mixed);
  EXPECT_EQ(steps("ReverseSequence", {}), Steps::followed);
}

}  // namespace
}  // namespace firesteel
