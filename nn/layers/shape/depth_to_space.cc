// SPDX-License-Identifier: Apache-2.0
// DepthToSpace: y[c, h r + i, w r + j] = x[(i r + j) C + c, h, w], or in another order of channels.
#include "nn/layers/shape/blocks_of_pixels.h"

namespace firesteel {

struct DepthToSpace final : ViewOf<DepthToSpace> {
  int64_t block_size = 1;
  std::string mode = "dcr";

  static constexpr auto schema() {
    return Schema{
        "DepthToSpace", "shape", "Makes blocks of pixels out of channels.",
        required("block_size", &DepthToSpace::block_size, "height and width of a block", positive),
        attr("mode", &DepthToSpace::mode, kPixelOrderDoc)};
  }
  static Sample sample() { return {.attrs = {{"block_size", int64_t{2}}}, .in = {{2, 8, 2, 3}}}; }
  void check() const override { pixel_order(); }

  TensorView view(const Shape& in) const override {
    return pixels_of_channels(in, block_size, pixel_order());
  }
  Shapes infer(const Shapes& in) const override {
    view(in[0]);  // checks the shape
    int64_t r = block_size;
    return {{in[0][0], in[0][1] / (r * r), in[0][2] * r, in[0][3] * r}};
  }

 private:
  PixelOrder pixel_order() const {
    return value_of<PixelOrder>(mode, kPixelOrders, "DepthToSpace.mode");
  }
};
FIRESTEEL_LAYER(DepthToSpace);

}  // namespace firesteel
