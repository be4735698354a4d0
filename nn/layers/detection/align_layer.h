// SPDX-License-Identifier: Apache-2.0
// RoiAlign, of one map or of several, each region from one of them.
#pragma once

#include "core/threads.h"
#include "nn/layers/detection/roi_align.h"

namespace firesteel {

struct AlignLayer : Layer {
  Dims output_size;
  int64_t sampling_ratio = 0;
  bool aligned = false;

  int least_inputs() const override { return 2; }
  Shapes infer(const Shapes& in) const override { return infer_regions(in, output_size); }

  void prepare(Prepare& p) const override {
    for (size_t i = 0; i < p.inputs(); ++i) p.backward_reads_input(i);
    by_dtype(p.env().dtype,
             [&]<class T>() { p.scratch(static_cast<size_t>(kLanes) * lane_bytes<T>(p)); });
  }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      each_region<T>(r, [&](AlignedRegion<T>& region, int64_t i, size_t map) {
        for (int64_t c = 0; c < r.in()[1]; ++c) {
          region.pool(plane<T>(r, map, i, c), static_cast<T*>(r.y()) + at(r, i, c));
        }
      });
    });
  }

  void backward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      size_t maps = r.inputs() - 1;
      for (size_t map = 0; map < maps; ++map) {
        if (r.dx(map)) pass_to_map<T>(r, map);
      }
      if (!r.dx(maps)) return;
      each_region<T>(r, [&](AlignedRegion<T>& region, int64_t i, size_t map) {
        Box<T> gradient;
        for (int64_t c = 0; c < r.in()[1]; ++c) {
          const T* dy = static_cast<const T*>(r.dy()) + at(r, i, c);
          region.pass_to_region(plane<T>(r, map, i, c), dy, gradient);
        }
        gradient.store(static_cast<T*>(r.dx(maps)) + i * 4);
      });
    });
  }

 protected:
  // Pixels of a map for one of the image.
  virtual float scale(size_t map) const = 0;
  // The map that a region is taken from.
  virtual size_t map_of(const Box<double>& /*region*/) const { return 0; }

 private:
  // Each has memory of its own for the weights of a region, and results do not depend on who
  // computes what.
  static constexpr int64_t kLanes = 16;

  static int64_t regions(const Run& r) { return r.in(r.inputs() - 1)[1]; }
  // Where the output of region `i` of the batch and a channel is.
  int64_t at(const Run& r, int64_t i, int64_t channel) const {
    return (i * r.in()[1] + channel) * output_size.front() * output_size.back();
  }
  template <class T>
  static const T* plane(const Run& r, size_t map, int64_t i, int64_t channel) {
    return plane_of(static_cast<const T*>(r.x(map)), r.in(map), i / regions(r), channel);
  }
  template <class T>
  static Box<T> box(const Run& r, int64_t i) {
    return Box<T>::load(static_cast<const T*>(r.x(r.inputs() - 1)) + i * 4);
  }
  template <class T>
  size_t map_of_region(const Run& r, int64_t i) const {
    Box<T> b = box<T>(r, i);
    return map_of({double{b.x1}, double{b.y1}, double{b.x2}, double{b.y2}});
  }
  // of: a Prepare or a Run.
  template <class T, class Of>
  size_t lane_bytes(const Of& of) const {
    size_t most = 0;
    for (size_t i = 0; i + 1 < of.inputs(); ++i) {
      most = std::max(most, AlignedRegion<T>::bytes(output_size, of.in(i)));
    }
    return most;
  }
  template <class T>
  std::byte* lane_memory(const Run& r, int64_t lane) const {
    return static_cast<std::byte*>(r.scratch()) + static_cast<size_t>(lane) * lane_bytes<T>(r);
  }

  // Region `i` of the batch with its weights.
  template <class T>
  AlignedRegion<T> aligned_region(const Run& r, int64_t i, size_t map, std::byte* memory) const {
    AlignedRegion<T> region(output_size, r.in(map), memory);
    Box<T> b = box<T>(r, i);
    auto scaled = static_cast<T>(scale(map));
    region.rows.make(b.y1, b.y2, scaled, aligned, sampling_ratio);
    region.columns.make(b.x1, b.x2, scaled, aligned, sampling_ratio);
    return region;
  }

  // body(region, its number in the batch, its map).
  template <class T, class Body>
  void each_region(const Run& r, const Body& body) const {
    parallel_for(kLanes, 1, [&](int64_t begin, int64_t end) {
      for (int64_t lane = begin; lane < end; ++lane) {
        for (int64_t i = lane; i < r.rows() * regions(r); i += kLanes) {
          size_t map = map_of_region<T>(r, i);
          auto region = aligned_region<T>(r, i, map, lane_memory<T>(r, lane));
          body(region, i, map);
        }
      }
    });
  }

  // Regions share planes: each plane is one lane's.
  template <class T>
  void pass_to_map(const Run& r, size_t map) const {
    int64_t channels = r.in()[1], planes = r.rows() * channels;
    int64_t size = r.in(map)[2] * r.in(map)[3];
    auto* dx = static_cast<T*>(r.dx(map));
    parallel_for(kLanes, 1, [&](int64_t first, int64_t last) {
      for (int64_t lane = first; lane < last; ++lane) {
        int64_t begin = planes * lane / kLanes, end = planes * (lane + 1) / kLanes;
        std::fill(dx + begin * size, dx + end * size, T(0));
        for (int64_t image = begin / channels; image * channels < end; ++image) {
          for (int64_t i = image * regions(r); i < (image + 1) * regions(r); ++i) {
            if (map_of_region<T>(r, i) != map) continue;
            auto region = aligned_region<T>(r, i, map, lane_memory<T>(r, lane));
            int64_t from = std::max(begin, image * channels);
            for (int64_t p = from; p < std::min(end, (image + 1) * channels); ++p) {
              const T* dy = static_cast<const T*>(r.dy()) + at(r, i, p - image * channels);
              region.pass_back(dy, dx + p * size);
            }
          }
        }
      }
    });
  }
};

inline constexpr auto kOutputSize =
    required("output_size", &AlignLayer::output_size,
             "parts of a region: one number, or height and width", positive_pair);
inline constexpr auto kSamplingRatio =
    attr("sampling_ratio", &AlignLayer::sampling_ratio,
         "samples of a part in each direction; 0: as many as it has pixels", nonnegative);
inline constexpr auto kAligned =
    attr("aligned", &AlignLayer::aligned,
         "pixels have their middle at half a pixel; false: their corner, and regions have at least "
         "one pixel");

}  // namespace firesteel
