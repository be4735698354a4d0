// SPDX-License-Identifier: Apache-2.0
// PixelShuffle: y[c, h r + i, w r + j] = x[c r^2 + i r + j, h, w]. Shi et al., "Real-time single
// image and video super-resolution using an efficient sub-pixel convolutional neural network",
// 2016.
#include "nn/layers/shape/blocks_of_pixels.h"

namespace firesteel {

struct PixelShuffle final : ViewOf<PixelShuffle> {
  int64_t upscale_factor = 1;

  static constexpr auto schema() {
    return Schema{"PixelShuffle", "shape",
                  "Makes images larger by as much as they lose channels. SpaceToDepth in "
                  "mode crd is its inverse.",
                  required("upscale_factor", &PixelShuffle::upscale_factor,
                           "how many times as high and wide", positive)};
  }
  static Sample sample() {
    return {.attrs = {{"upscale_factor", int64_t{2}}}, .in = {{2, 8, 2, 3}}};
  }

  TensorView view(const Shape& in) const override {
    return pixels_of_channels(in, upscale_factor, PixelOrder::crd);
  }
  Shapes infer(const Shapes& in) const override {
    view(in[0]);  // checks the shape
    int64_t r = upscale_factor;
    return {{in[0][0], in[0][1] / (r * r), in[0][2] * r, in[0][3] * r}};
  }
};
FIRESTEEL_LAYER(PixelShuffle);

}  // namespace firesteel
