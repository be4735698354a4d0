// SPDX-License-Identifier: Apache-2.0
// The functions of winograd.h.
#pragma once

#include "backend/kernels/registers.inc.h"
#include "backend/kernels/winograd.h"

namespace firesteel::kernels::FIRESTEEL_ISA {
namespace {

#ifdef __AVX512F__
constexpr int kTiles = 14, kRows = 8;
#else
constexpr int kTiles = 6, kRows = 4;
#endif
constexpr int kPanel = 2;  // vectors of output channels side by side in a panel of u
constexpr int kSide = 6;

// B' d: one line of the input.
inline void input_line(const V* d, V* t) {
  const V two = all(2), four = all(4), five = all(5);
  V a = d[4] - four * d[2], b = d[3] - four * d[1];
  V c = d[4] - d[2], e = two * (d[3] - d[1]);
  t[0] = fma(four, d[0], d[4]) - five * d[2];
  t[1] = a + b;
  t[2] = a - b;
  t[3] = c + e;
  t[4] = c - e;
  t[5] = fma(four, d[1], d[5]) - five * d[3];
}
// A' m.
inline void output_line(const V* m, V* y) {
  V s = m[1] + m[2], d = m[1] - m[2], s2 = m[3] + m[4], d2 = m[3] - m[4];
  y[0] = m[0] + s + s2;
  y[1] = fma(all(2), d2, d);
  y[2] = fma(all(4), s2, s);
  y[3] = fma(all(8), d2, d) + m[5];
}
// A y.
inline void gradient_line(const V* y, V* r) {
  const V two = all(2), four = all(4);
  V even = y[0] + y[2], odd = y[1] + y[3];
  V even2 = fma(four, y[2], y[0]), odd2 = two * fma(four, y[3], y[1]);
  r[0] = y[0];
  r[1] = even + odd;
  r[2] = even - odd;
  r[3] = even2 + odd2;
  r[4] = even2 - odd2;
  r[5] = y[3];
}
// G g.
inline void kernel_line(const V* g, V* u) {
  const V quarter = all(1.f / 4), sixth = all(1.f / 6), part = all(1.f / 24),
          twelfth = all(1.f / 12);
  V ends = g[0] + g[2];
  V a = fma(part, g[0], sixth * g[2]), b = twelfth * g[1];
  u[0] = quarter * g[0];
  u[1] = all(0) - sixth * (ends + g[1]);
  u[2] = all(0) - sixth * (ends - g[1]);
  u[3] = a + b;
  u[4] = a - b;
  u[5] = g[2];
}
// G' u.
inline void kernel_gradient_line(const V* u, V* g) {
  const V quarter = all(1.f / 4), sixth = all(1.f / 6), part = all(1.f / 24),
          twelfth = all(1.f / 12);
  V s = sixth * (u[1] + u[2]), d = sixth * (u[1] - u[2]);
  V s2 = u[3] + u[4], d2 = u[3] - u[4];
  g[0] = fma(quarter, u[0], part * s2) - s;
  g[1] = twelfth * d2 - d;
  g[2] = fma(sixth, s2, u[5]) - s;
}

// A tile's place in the images.
struct Place {
  int64_t row, top, left;  // of the result
};
inline Place place_of(const WinogradShape& s, int64_t tile) {
  int64_t wide = s.tiles_wide(), each = wide * s.tiles_high();
  int64_t in_row = tile % each;
  return {tile / each, in_row / wide * kTile, in_row % wide * kTile};
}

// Tiles of kRead x kRead pixels, transformed by `line` in both directions. pad: pixels that a tile
// begins before its place; what lies outside the image is zero.
struct Image {
  int64_t channels, height, width, pad_height, pad_width;
};
template <int kRead, class Line>
inline void transform_tiles(const WinogradShape& s, const Image& image, const float* x,
                            TileRange range, const Line& line, float* to) {
  int64_t blocks = image.channels / kLanes, plane = image.height * image.width * kLanes;
  int64_t stride = blocks * range.room * kLanes;
  for (int64_t tile = range.begin; tile < range.end; ++tile) {
    Place at = place_of(s, tile);
    int64_t top = at.top - image.pad_height, left = at.left - image.pad_width;
    bool inside =
        top >= 0 && left >= 0 && top + kRead <= image.height && left + kRead <= image.width;
    for (int64_t b = 0; b < blocks; ++b) {
      const float* pixels = x + (at.row * blocks + b) * plane;
      V columns[kSide][kSide];
      for (int j = 0; j < kRead; ++j) {
        V d[kRead], t[kSide];
        for (int i = 0; i < kRead; ++i) {
          int64_t h = top + i, w = left + j;
          bool has = inside || (h >= 0 && h < image.height && w >= 0 && w < image.width);
          d[i] = has ? load(pixels + (h * image.width + w) * kLanes) : all(0);
        }
        line(d, t);
        for (int i = 0; i < kSide; ++i) columns[i][j] = t[i];
      }
      float* place = to + (b * range.room + tile - range.begin) * kLanes;
      for (int i = 0; i < kSide; ++i) {
        V t[kSide];
        line(columns[i], t);
        for (int j = 0; j < kSide; ++j) store(place + (i * kSide + j) * stride, t[j]);
      }
    }
  }
}

void transform_input(const WinogradShape& s, const float* x, TileRange range, float* v) {
  Image image{s.in, s.height, s.width, s.pad_height, s.pad_width};
  transform_tiles<kSide>(s, image, x, range, input_line, v);
}

void transform_gradient(const WinogradShape& s, const float* dy, TileRange range, float* dm) {
  Image image{s.out, s.out_height, s.out_width, 0, 0};
  transform_tiles<kTile>(s, image, dy, range, gradient_line, dm);
}

void transform_output(const WinogradShape& s, const float* m, TileRange range, const float* bias,
                      bool sum, bool relu, float most, float* y) {
  int64_t blocks = s.out / kLanes, plane = s.out_height * s.out_width * kLanes;
  int64_t stride = blocks * range.room * kLanes;
  for (int64_t tile = range.begin; tile < range.end; ++tile) {
    Place at = place_of(s, tile);
    for (int64_t b = 0; b < blocks; ++b) {
      const float* from = m + (b * range.room + tile - range.begin) * kLanes;
      float* image = y + (at.row * blocks + b) * plane;
      V lines[kTile][kSide];
      for (int j = 0; j < kSide; ++j) {
        V column[kSide], t[kTile];
        for (int i = 0; i < kSide; ++i) column[i] = load(from + (i * kSide + j) * stride);
        output_line(column, t);
        for (int i = 0; i < kTile; ++i) lines[i][j] = t[i];
      }
      V offset = bias ? load(bias + b * kLanes) : all(0);
      for (int i = 0; i < kTile && at.top + i < s.out_height; ++i) {
        V t[kTile];
        output_line(lines[i], t);
        float* to = image + ((at.top + i) * s.out_width + at.left) * kLanes;
        for (int j = 0; j < kTile && at.left + j < s.out_width; ++j, to += kLanes) {
          V value = t[j] + offset;
          if (sum) value += load(to);
          store(to, relu ? limited(value, all(0), all(most)) : value);
        }
      }
    }
  }
}

void transform_kernels(const float* kernels, int64_t in, int64_t out, bool turned, float* u) {
  // The element for (input channel c, output channel k, i) of out x in x 3 x 3, or of its turned
  // twin, which lies as in x out x 3 x 3.
  int64_t in_step = turned ? out * 9 : 9, out_step = turned ? 9 : in * 9;
  for (int64_t k = 0; k < out; k += kLanes) {
    int64_t panel = k / (kPanel * kLanes) * kPanel * kLanes;
    int64_t width = out - panel < kPanel * kLanes ? out - panel : kPanel * kLanes;
    for (int64_t c = 0; c < in; ++c) {
      const float* g = kernels + c * in_step + k * out_step;
      V lines[kSide][3];
      for (int j = 0; j < 3; ++j) {
        V column[3], t[kSide];
        for (int i = 0; i < 3; ++i) {
          float numbers[kLanes];
          int at = turned ? 8 - (i * 3 + j) : i * 3 + j;
          for (int l = 0; l < kLanes; ++l) numbers[l] = g[l * out_step + at];
          column[i] = load(numbers);
        }
        kernel_line(column, t);
        for (int i = 0; i < kSide; ++i) lines[i][j] = t[i];
      }
      for (int i = 0; i < kSide; ++i) {
        V t[kSide];
        kernel_line(lines[i], t);
        for (int j = 0; j < kSide; ++j) {
          store(u + (i * kSide + j) * in * out + in * panel + c * width + (k - panel), t[j]);
        }
      }
    }
  }
}

void transform_kernel_gradient(const float* du, int64_t in, int64_t out, float* dkernels) {
  for (int64_t k = 0; k < out; k += kLanes) {
    for (int64_t c = 0; c < in; ++c) {
      const float* from = du + c * out + k;
      V lines[3][kSide];
      for (int j = 0; j < kSide; ++j) {
        V column[kSide], t[3];
        for (int i = 0; i < kSide; ++i) column[i] = load(from + (i * kSide + j) * in * out);
        kernel_gradient_line(column, t);
        for (int i = 0; i < 3; ++i) lines[i][j] = t[i];
      }
      for (int i = 0; i < 3; ++i) {
        V t[3];
        kernel_gradient_line(lines[i], t);
        for (int j = 0; j < 3; ++j) {
          float numbers[kLanes];
          store(numbers, t[j]);
          for (int l = 0; l < kLanes; ++l)
            dkernels[((k + l) * in + c) * 9 + i * 3 + j] = numbers[l];
        }
      }
    }
  }
}

// m[tile] = sum over c of v[c][tile] u[c], for kCount tiles and kWide vectors of output channels.
template <int kCount, int kWide>
void product(const float* v, int64_t v_block, int64_t in, const float* u, float* m,
             int64_t m_block) {
  V sums[kCount][kWide];
#pragma GCC unroll 16
  for (int t = 0; t < kCount; ++t) {
    for (int w = 0; w < kWide; ++w) sums[t][w] = all(0);
  }
  for (int64_t b = 0; b < in / kLanes; ++b) {
    const float* block = v + b * v_block;
    for (int l = 0; l < kLanes; ++l, u += kWide * kLanes) {
      V weights[kWide];
      for (int w = 0; w < kWide; ++w) {
        weights[w] = load(u + w * kLanes);
        // Those of the next panel: a large kernel comes from a far cache.
        __builtin_prefetch(u + (in * kWide + w) * kLanes);
      }
#pragma GCC unroll 16
      for (int t = 0; t < kCount; ++t) {
        V value = all(block[t * kLanes + l]);
        for (int w = 0; w < kWide; ++w) sums[t][w] = fma(value, weights[w], sums[t][w]);
      }
    }
  }
#pragma GCC unroll 16
  for (int t = 0; t < kCount; ++t) {
#pragma GCC unroll 2
    for (int w = 0; w < kWide; ++w) store(m + w * m_block + t * kLanes, sums[t][w]);
  }
}

template <int kCount>
void product_of(int64_t count, int wide, const float* v, int64_t v_block, int64_t in,
                const float* u, float* m, int64_t m_block) {
  if constexpr (kCount > 1) {
    if (count < kCount) {
      return product_of<kCount - 1>(count, wide, v, v_block, in, u, m, m_block);
    }
  }
  wide == kPanel ? product<kCount, kPanel>(v, v_block, in, u, m, m_block)
                 : product<kCount, 1>(v, v_block, in, u, m, m_block);
}

void multiply(const WinogradShape& s, const float* v, const float* u, TileRange range, int64_t from,
              int64_t to, float* m) {
  int64_t block = range.room * kLanes, count = range.end - range.begin;
  // As many at a time as there are registers for, but all times alike: a few tiles alone are slow.
  int64_t times = (count + kTiles - 1) / kTiles, step = (count + times - 1) / times;
  for (int64_t p = from; p < to; ++p) {
    const float* tiles = v + p * (s.in / kLanes) * block;
    float* results = m + p * (s.out / kLanes) * block;
    for (int64_t k = 0; k < s.out; k += kPanel * kLanes) {
      int wide = s.out - k >= kPanel * kLanes ? kPanel : 1;
      const float* panel = u + p * s.in * s.out + s.in * k;
      for (int64_t t = 0; t < count; t += step) {
        product_of<kTiles>(count - t < step ? count - t : step, wide, tiles + t * kLanes, block,
                           s.in, panel, results + k / kLanes * block + t * kLanes, block);
      }
    }
  }
}

// du[c][k] += sum over tiles of v[c] dm[k], for kRows input channels of one block and kWide vectors
// of output channels.
template <int kWide>
void outer_product(const float* v, const float* dm, int64_t dm_block, int64_t tiles, bool first,
                   float* du, int64_t out) {
  V sums[kRows][kWide];
  for (int r = 0; r < kRows; ++r) {
    for (int w = 0; w < kWide; ++w) {
      sums[r][w] = first ? all(0) : load(du + r * out + w * kLanes);
    }
  }
  for (int64_t t = 0; t < tiles; ++t, v += kLanes, dm += kLanes) {
    V gradient[kWide];
    for (int w = 0; w < kWide; ++w) gradient[w] = load(dm + w * dm_block);
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) {
      V value = all(v[r]);
      for (int w = 0; w < kWide; ++w) sums[r][w] = fma(value, gradient[w], sums[r][w]);
    }
  }
  for (int r = 0; r < kRows; ++r) {
    for (int w = 0; w < kWide; ++w) store(du + r * out + w * kLanes, sums[r][w]);
  }
}

void accumulate(const WinogradShape& s, const float* v, const float* dm, TileRange range,
                bool first, int64_t from, int64_t to, float* du) {
  int64_t block = range.room * kLanes, count = range.end - range.begin;
  for (int64_t p = from; p < to; ++p) {
    for (int64_t k = 0; k < s.out; k += kPanel * kLanes) {
      const float* gradient = dm + (p * (s.out / kLanes) + k / kLanes) * block;
      for (int64_t c = 0; c < s.in; c += kRows) {
        const float* values = v + (p * (s.in / kLanes) + c / kLanes) * block + c % kLanes;
        float* result = du + (p * s.in + c) * s.out + k;
        s.out - k >= kPanel* kLanes
            ? outer_product<kPanel>(values, gradient, block, count, first, result, s.out)
            : outer_product<1>(values, gradient, block, count, first, result, s.out);
      }
    }
  }
}

void sum_pixels(const WinogradShape& s, const float* dy, float* dbias) {
  int64_t blocks = s.out / kLanes, pixels = s.out_height * s.out_width;
  for (int64_t b = 0; b < blocks; ++b) {
    V total = all(0);
    for (int64_t n = 0; n < s.rows; ++n) {
      const float* p = dy + (n * blocks + b) * pixels * kLanes;
      V sums[2] = {all(0), all(0)};
      for (int64_t i = 0; i < pixels; ++i) sums[i & 1] += load(p + i * kLanes);
      total += sums[0] + sums[1];
    }
    store(dbias + b * kLanes, total);
  }
}

constexpr WinogradTable kTable = {kLanes,
                                  kTiles,
                                  transform_kernels,
                                  transform_input,
                                  multiply,
                                  transform_output,
                                  transform_gradient,
                                  accumulate,
                                  transform_kernel_gradient,
                                  sum_pixels};

}  // namespace
}  // namespace firesteel::kernels::FIRESTEEL_ISA
