// SPDX-License-Identifier: Apache-2.0
// RoiPool: of regions of maps the largest number of each of pooled_h x pooled_w parts. Girshick,
// "Fast R-CNN", 2015.
#include <limits>

#include "core/threads.h"
#include "nn/layers/detection/regions.h"

namespace firesteel {

struct RoiPool final : LayerOf<RoiPool> {
  int64_t pooled_h = 0, pooled_w = 0;
  float spatial_scale = 1;

  static constexpr auto schema() {
    return Schema{
        "RoiPool",
        "detection",
        "Cuts regions (x1, y1, x2, y2 in pixels of the image, the last one included), the second "
        "input, out of the maps of the first, and takes the largest number of each part: (regions, "
        "channels, pooled_h, pooled_w).",
        required("pooled_h", &RoiPool::pooled_h, "parts from top to bottom", positive),
        required("pooled_w", &RoiPool::pooled_w, "parts from left to right", positive),
        attr("spatial_scale", &RoiPool::spatial_scale, "pixels of a map for one of the image",
             positive)};
  }
  static Sample sample() {
    return {.attrs = {{"pooled_h", int64_t{2}}, {"pooled_w", int64_t{3}}},
            .in = {{2, 3, 6, 5}, {2, 4, 4}},
            .ids_below = 6,
            .ids_inputs = {1}};
  }

  int least_inputs() const override { return 2; }
  Shapes infer(const Shapes& in) const override { return infer_regions(in, {pooled_h, pooled_w}); }

  void prepare(Prepare& p) const override {
    p.save(static_cast<size_t>(numel(p.out())) * sizeof(int32_t));  // which number of a plane
  }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      int64_t regions = r.in(1)[1];
      parallel_for(r.rows() * regions, 1, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) pool<T>(r, i / regions, i);
      });
    });
  }

  void backward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      if (r.dx(1)) std::fill_n(static_cast<T*>(r.dx(1)), numel(r.in(1)), T(0));
      if (!r.dx(0)) return;
      auto* dx = static_cast<T*>(r.dx(0));
      auto* dy = static_cast<const T*>(r.dy());
      auto* chosen = static_cast<const int32_t*>(r.saved());
      int64_t channels = r.in()[1], size = r.in()[2] * r.in()[3];
      int64_t parts = pooled_h * pooled_w, regions = r.in(1)[1];
      // Regions share planes: each plane is one thread's.
      parallel_for(r.rows() * channels, 1, [&](int64_t begin, int64_t end) {
        std::fill(dx + begin * size, dx + end * size, T(0));
        for (int64_t plane = begin; plane < end; ++plane) {
          int64_t image = plane / channels, c = plane % channels;
          for (int64_t region = image * regions; region < (image + 1) * regions; ++region) {
            int64_t first = (region * channels + c) * parts;
            for (int64_t i = first; i < first + parts; ++i) {
              if (chosen[i] >= 0) dx[plane * size + chosen[i]] += dy[i];
            }
          }
        }
      });
    });
  }

 private:
  // Pixels of a map, [begin, end), in one direction.
  struct Range {
    int64_t begin, end;
  };
  // Part `i` of `parts` of the pixels from `first` to `last`, both included; at least one pixel.
  static Range part(int64_t first, int64_t last, int64_t i, int64_t parts, int64_t extent) {
    int64_t length = std::max<int64_t>(last - first + 1, 1);
    auto within = [&](int64_t at) { return std::clamp<int64_t>(at, 0, extent); };
    return {within(first + i * length / parts),
            within(first + ((i + 1) * length + parts - 1) / parts)};
  }
  // To the nearest pixel, in a range that no map leaves.
  template <class T>
  int64_t pixel(T at) const {
    constexpr T kFar = 1 << 24;
    T scaled = std::round(at * static_cast<T>(spatial_scale));
    return scaled > -kFar ? static_cast<int64_t>(std::min(scaled, kFar)) : -(1 << 24);
  }

  template <class T>
  void pool(const Run& r, int64_t image, int64_t region) const {
    auto box = Box<T>::load(static_cast<const T*>(r.x(1)) + region * 4);
    const Shape& map = r.in();
    int64_t x1 = pixel(box.x1), x2 = pixel(box.x2), y1 = pixel(box.y1), y2 = pixel(box.y2);
    for (int64_t c = 0; c < map[1]; ++c) {
      const T* plane = plane_of(static_cast<const T*>(r.x()), map, image, c);
      int64_t at = (region * map[1] + c) * pooled_h * pooled_w;
      for (int64_t i = 0; i < pooled_h; ++i) {
        Range rows = part(y1, y2, i, pooled_h, map[2]);
        for (int64_t j = 0; j < pooled_w; ++j, ++at) {
          int64_t found = largest(plane, map[3], rows, part(x1, x2, j, pooled_w, map[3]));
          static_cast<T*>(r.y())[at] = found < 0 ? T(0) : plane[found];
          static_cast<int32_t*>(r.saved())[at] = static_cast<int32_t>(found);
        }
      }
    }
  }

  // The first of the largest numbers of a part; -1: it is empty.
  template <class T>
  static int64_t largest(const T* plane, int64_t width, Range rows, Range columns) {
    int64_t found = -1;
    for (int64_t y = rows.begin; y < rows.end; ++y) {
      for (int64_t at = y * width + columns.begin; at < y * width + columns.end; ++at) {
        if (found < 0 || plane[at] > plane[found]) found = at;
      }
    }
    return found;
  }
};
FIRESTEEL_LAYER(RoiPool);

}  // namespace firesteel
