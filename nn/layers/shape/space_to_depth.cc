// SPDX-License-Identifier: Apache-2.0
// SpaceToDepth: y[(i r + j) C + c, h, w] = x[c, h r + i, w r + j], or in another order of channels.
#include "nn/layers/shape/blocks_of_pixels.h"

namespace firesteel {

struct SpaceToDepth final : ViewOf<SpaceToDepth> {
  int64_t block_size = 1;
  std::string mode = "dcr";

  static constexpr auto schema() {
    return Schema{
        "SpaceToDepth", "shape", "Makes channels out of blocks of pixels.",
        required("block_size", &SpaceToDepth::block_size, "height and width of a block", positive),
        attr("mode", &SpaceToDepth::mode, kPixelOrderDoc)};
  }
  static Sample sample() { return {.attrs = {{"block_size", int64_t{2}}}, .in = {{2, 3, 4, 6}}}; }
  void check() const override { pixel_order(); }

  TensorView view(const Shape& in) const override {
    return channels_of_pixels(in, block_size, pixel_order());
  }
  Shapes infer(const Shapes& in) const override {
    view(in[0]);  // checks the shape
    int64_t r = block_size;
    return {{in[0][0], in[0][1] * r * r, in[0][2] / r, in[0][3] / r}};
  }

 private:
  PixelOrder pixel_order() const {
    return value_of<PixelOrder>(mode, kPixelOrders, "SpaceToDepth.mode");
  }
};
FIRESTEEL_LAYER(SpaceToDepth);

}  // namespace firesteel
