// SPDX-License-Identifier: Apache-2.0
// What RoiAlign and Pooler do. He et al., "Mask R-CNN", 2017; and a gradient of the regions too, as
// in Jiang et al., "Acquisition of localization confidence" (PrRoIPooling), 2018.
//
// A bilinear sample is a sum of pixels, each with the product of a weight of its row and one of its
// column, and so is a mean over a grid of samples: part (i, j) of a region is the sum over y and x
// of rows[i][y] columns[j][x] map[y][x]. The weights of a region are made once for all channels.
#pragma once

#include "core/buffer.h"
#include "nn/layers/detection/regions.h"

namespace firesteel {

// A region's weights in one direction, in memory of the caller.
template <class T>
struct AlignWeights {
  int64_t parts, extent;  // extent: pixels of the map
  // parts x extent, set in the part's [begin, end) alone: weights, and how they change with the
  // region's first and last coordinate.
  T *weight, *by_first, *by_last;
  int64_t *begin, *end;
  int64_t least, most;  // of all parts' begin and end

  static size_t bytes(int64_t parts, int64_t extent) {
    return whole_lines(static_cast<size_t>(3 * parts * extent) * sizeof(T) +
                       static_cast<size_t>(2 * parts) * sizeof(int64_t));
  }
  AlignWeights(int64_t parts_, int64_t extent_, std::byte* memory)
      : parts(parts_),
        extent(extent_),
        weight(reinterpret_cast<T*>(memory + static_cast<size_t>(2 * parts_) * sizeof(int64_t))),
        by_first(weight + parts_ * extent_),
        by_last(by_first + parts_ * extent_),
        begin(reinterpret_cast<int64_t*>(memory)),
        end(begin + parts_),
        least(0),
        most(0) {}

  // aligned: pixels have their middle, not their corner, at half a pixel. samples: of a part; 0: as
  // many as it has pixels.
  void make(T first, T last, T scale, bool aligned, int64_t samples) {
    T from = first * scale - (aligned ? T(0.5) : T(0));
    T length = last * scale - first * scale;
    bool stretched = !aligned && !(length >= 1);  // a region has at least one pixel
    if (stretched) length = 1;
    T size = length / static_cast<T>(parts);
    constexpr T kMostSamples = 1 << 12;
    if (samples <= 0) {
      samples = size > 0 ? static_cast<int64_t>(std::ceil(std::min(size, kMostSamples))) : 0;
    }
    least = extent, most = 0;
    for (int64_t i = 0; i < parts; ++i) {
      // Where a sample lies, as a share of the region.
      auto share = [&](int64_t s) {
        T in_part = (static_cast<T>(s) + T(0.5)) / static_cast<T>(samples);
        return (static_cast<T>(i) + in_part) / static_cast<T>(parts);
      };
      clear(i, samples, from + share(0) * length, from + share(samples - 1) * length);
      for (int64_t s = 0; s < samples; ++s) {
        T f = share(s), change = scale / static_cast<T>(samples);
        add(i, from + f * length, 1 / static_cast<T>(samples), change * (stretched ? T(1) : 1 - f),
            change * (stretched ? T(0) : f));
      }
    }
  }

 private:
  // The pixel at or before a coordinate, within the map.
  int64_t pixel(T at) const {
    T last = static_cast<T>(extent - 1);
    return at > 0 ? (at < last ? static_cast<int64_t>(at) : extent - 1) : 0;
  }

  // a, b: the first and the last sample; regions may be the wrong way round.
  void clear(int64_t i, int64_t samples, T a, T b) {
    begin[i] = samples > 0 ? pixel(std::min(a, b)) : 0;
    end[i] = samples > 0 ? std::min(pixel(std::max(a, b)) + 2, extent) : 0;
    if (samples > 0) least = std::min(least, begin[i]), most = std::max(most, end[i]);
    for (T* values : {weight, by_first, by_last}) {
      std::fill(values + i * extent + begin[i], values + i * extent + end[i], T(0));
    }
  }

  void add(int64_t i, T at, T part, T with_first, T with_last) {
    if (!(at >= -1 && at <= static_cast<T>(extent))) return;
    int64_t low = pixel(at), to = i * extent + low;
    // Before the first pixel and from the last one on the map is level.
    if (at <= 0 || low == extent - 1) {
      weight[to] += part;
      return;
    }
    T above = at - static_cast<T>(low);
    weight[to] += (1 - above) * part, weight[to + 1] += above * part;
    by_first[to] -= with_first, by_first[to + 1] += with_first;
    by_last[to] -= with_last, by_last[to + 1] += with_last;
  }
};

// A region of one map: its weights, and a line of numbers to compute with.
template <class T>
struct AlignedRegion {
  AlignWeights<T> rows, columns;
  T* line;

  static size_t bytes(const Dims& size, const Shape& map) {
    return AlignWeights<T>::bytes(size.front(), map[2]) +
           AlignWeights<T>::bytes(size.back(), map[3]) +
           whole_lines(static_cast<size_t>(map[3]) * sizeof(T));
  }
  AlignedRegion(const Dims& size, const Shape& map, std::byte* memory)
      : rows(size.front(), map[2], memory),
        columns(size.back(), map[3], memory + AlignWeights<T>::bytes(size.front(), map[2])),
        line(reinterpret_cast<T*>(memory + AlignWeights<T>::bytes(size.front(), map[2]) +
                                  AlignWeights<T>::bytes(size.back(), map[3]))) {}

  void pool(const T* map, T* y) {
    for (int64_t i = 0; i < rows.parts; ++i, y += columns.parts) {
      sum_rows(map, i);
      for (int64_t j = 0; j < columns.parts; ++j) y[j] = along_line(j, columns.weight);
    }
  }

  // Adds to the gradient of the map.
  void pass_back(const T* dy, T* dmap) {
    for (int64_t i = 0; i < rows.parts; ++i) {
      spread(dy + i * columns.parts);
      for (int64_t y = rows.begin[i]; y < rows.end[i]; ++y) {
        T weight = rows.weight[i * rows.extent + y], *to = dmap + y * columns.extent;
        for (int64_t x = columns.least; x < columns.most; ++x) to[x] += weight * line[x];
      }
    }
  }

  // Adds to the gradient of the region.
  void pass_to_region(const T* map, const T* dy, Box<T>& dregion) {
    for (int64_t i = 0; i < rows.parts; ++i, dy += columns.parts) {
      spread(dy);
      for (int64_t y = rows.begin[i]; y < rows.end[i]; ++y) {
        const T* from = map + y * columns.extent;
        T dot = 0;
        for (int64_t x = columns.least; x < columns.most; ++x) dot += from[x] * line[x];
        dregion.y1 += dot * rows.by_first[i * rows.extent + y];
        dregion.y2 += dot * rows.by_last[i * rows.extent + y];
      }
      sum_rows(map, i);
      for (int64_t j = 0; j < columns.parts; ++j) {
        dregion.x1 += dy[j] * along_line(j, columns.by_first);
        dregion.x2 += dy[j] * along_line(j, columns.by_last);
      }
    }
  }

 private:
  // line[x] = sum over y of rows[i][y] map[y][x].
  void sum_rows(const T* map, int64_t i) {
    std::fill(line + columns.least, line + std::max(columns.least, columns.most), T(0));
    for (int64_t y = rows.begin[i]; y < rows.end[i]; ++y) {
      T weight = rows.weight[i * rows.extent + y];
      const T* from = map + y * columns.extent;
      for (int64_t x = columns.least; x < columns.most; ++x) line[x] += weight * from[x];
    }
  }
  T along_line(int64_t j, const T* weights) const {
    T sum = 0;
    const T* of_part = weights + j * columns.extent;
    for (int64_t x = columns.begin[j]; x < columns.end[j]; ++x) sum += line[x] * of_part[x];
    return sum;
  }
  // line[x] = sum over j of dy[j] columns[j][x].
  void spread(const T* dy) {
    std::fill(line + columns.least, line + std::max(columns.least, columns.most), T(0));
    for (int64_t j = 0; j < columns.parts; ++j) {
      const T* of_part = columns.weight + j * columns.extent;
      for (int64_t x = columns.begin[j]; x < columns.end[j]; ++x) line[x] += dy[j] * of_part[x];
    }
  }
};

}  // namespace firesteel
