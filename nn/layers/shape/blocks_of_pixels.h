// SPDX-License-Identifier: Apache-2.0
// Blocks of pixels that lie in channels: the order of those.
#pragma once

#include <string>

#include "core/names.h"
#include "nn/layers/shape/view.h"
#include "nn/window.h"

namespace firesteel {

// Pixel (i, j) of a block for channel c is in channel (i block + j) C + c (dcr), or
// c block^2 + i block + j (crd).
enum class PixelOrder { dcr, crd };
inline constexpr Names<2> kPixelOrders = {"dcr", "crd"};
inline constexpr auto kPixelOrderDoc =
    "where channels have pixel (i, j) of a block for channel c: in channel (i block_size + j) "
    "channels + c (dcr), or c block_size^2 + i block_size + j (crd)";

// Each block^2 channels become a block of pixels.
inline TensorView pixels_of_channels(const Shape& in, int64_t block, PixelOrder order) {
  require_image(in);
  int64_t all = block * block, channels = in[1] / all;
  require(in[1] % all == 0, "input must have a multiple of ", all, " channels, got ",
          without_batch(in));
  bool dcr = order == PixelOrder::dcr;
  TensorView v(dcr ? Shape{in[0], block, block, channels, in[2], in[3]}
                   : Shape{in[0], channels, block, block, in[2], in[3]});
  v.reorder(dcr ? Dims{0, 3, 4, 1, 5, 2} : Dims{0, 1, 4, 2, 5, 3});
  return v;
}

// And back.
inline TensorView channels_of_pixels(const Shape& in, int64_t block, PixelOrder order) {
  require_image(in);
  require(in[2] % block == 0 && in[3] % block == 0,
          "input must have a height and width that are "
          "multiples of ",
          block, ", got ", without_batch(in));
  TensorView v(Shape{in[0], in[1], in[2] / block, block, in[3] / block, block});
  v.reorder(order == PixelOrder::dcr ? Dims{0, 3, 5, 1, 2, 4} : Dims{0, 1, 3, 5, 2, 4});
  return v;
}

}  // namespace firesteel
