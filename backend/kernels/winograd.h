// SPDX-License-Identifier: Apache-2.0
// 3x3 convolutions of stride 1 by Winograd's minimal filtering F(4x4, 3x3) (Lavin and Gray, 2015):
// 36 products for a tile of 4x4 results instead of 144. Images are in blocks of `lanes` channels.
//
//   y = A' [(G g G') * (B' d B)] A     g: kernel, d: 6x6 tile of the input, *: element by element
//
// The products are matrix products over channels, one for each of the 36 places.
#pragma once

#include <cstdint>

namespace firesteel::kernels {

constexpr int64_t kPlaces = 36;
constexpr int64_t kTile = 4;

struct WinogradShape {
  int64_t rows, in, out;  // channels, whole blocks
  int64_t height, width, out_height, out_width, pad_height, pad_width;

  int64_t tiles_high() const { return (out_height + kTile - 1) / kTile; }
  int64_t tiles_wide() const { return (out_width + kTile - 1) / kTile; }
  int64_t tiles() const { return rows * tiles_high() * tiles_wide(); }
};

// Tiles [begin, end); buffers hold `room` tiles.
struct TileRange {
  int64_t begin, end, room;
};

struct WinogradTable {
  int lanes;
  int tiles;  // taken together in a product
  // kernels: out x in x 3 x 3; turned: the kernels of the gradient of the input, whose in and out
  // are swapped and which are rotated by half a turn. u: place x in x out, in panels.
  void (*transform_kernels)(const float* kernels, int64_t in, int64_t out, bool turned, float* u);
  // v: place x block of `in` x tile x lanes.
  void (*transform_input)(const WinogradShape&, const float* x, TileRange, float* v);
  // m: place x block of `out` x tile x lanes, for the places [from, to).
  void (*multiply)(const WinogradShape&, const float* v, const float* u, TileRange, int64_t from,
                   int64_t to, float* m);
  // bias: null or one number per channel; sum: y holds what is to be added.
  void (*transform_output)(const WinogradShape&, const float* m, TileRange, const float* bias,
                           bool sum, bool relu, float most, float* y);
  // dm: place x block of `out` x tile x lanes.
  void (*transform_gradient)(const WinogradShape&, const float* dy, TileRange, float* dm);
  // du: place x in x out, for the places [from, to); first: written, else added to.
  void (*accumulate)(const WinogradShape&, const float* v, const float* dm, TileRange, bool first,
                     int64_t from, int64_t to, float* du);
  // dkernels: out x in x 3 x 3.
  void (*transform_kernel_gradient)(const float* du, int64_t in, int64_t out, float* dkernels);
  // dbias: one number per channel, sum over all pixels of dy.
  void (*sum_pixels)(const WinogradShape&, const float* dy, float* dbias);
};
// Null: the CPU has too few registers for it to pay.
const WinogradTable* winograd();

}  // namespace firesteel::kernels
