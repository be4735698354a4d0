// SPDX-License-Identifier: Apache-2.0
// Upsample: y[o] = x at the place s(o) along each spatial extent, the nearest number before it or
// between its two neighbours. With r = extent of x / extent of y, s(o) is r o (nearest, and linear
// without half_pixel_centers), r (o + 1/2) - 1/2, or o (extent of x - 1) / (extent of y - 1) with
// align_corners.
#include <cmath>

#include "nn/layer.h"
#include "nn/layers/upsampling/resize.h"

namespace firesteel {

namespace rules {
struct ResizeMode {
  static std::string text() { return "must be nearest, linear, bilinear or trilinear"; }
  constexpr bool operator()(const std::string& mode) const {
    return mode == "nearest" || mode == "linear" || mode == "bilinear" || mode == "trilinear";
  }
};
}  // namespace rules

struct Upsample final : LayerOf<Upsample> {
  Dims size = {};
  std::vector<float> scale_factor = {};
  std::string mode = "nearest";
  bool align_corners = false, half_pixel_centers = true;

  static constexpr auto schema() {
    return Schema{
        "Upsample",
        "upsampling",
        "Resizes sequences, images or volumes.",
        attr("size", &Upsample::size,
             "spatial extents of the output, or one for all; empty: by scale_factor", positive),
        attr("scale_factor", &Upsample::scale_factor,
             "extents of the output by those of the input, or one for all; empty: by size",
             positive),
        attr(
            "mode", &Upsample::mode,
            "nearest, or between neighbours: linear of sequences, bilinear of images, trilinear of "
            "volumes",
            rules::ResizeMode{}),
        attr("align_corners", &Upsample::align_corners,
             "the first and last numbers stay where they are"),
        attr("half_pixel_centers", &Upsample::half_pixel_centers,
             "between neighbours: numbers stand for the middle of their place")};
  }
  static Sample sample() {
    return {.attrs = {{"size", Dims{7, 4}}, {"mode", std::string("bilinear")}},
            .in = {{2, 3, 3, 5}}};
  }

  void check() const override {
    require<AttrError>(size.empty() != scale_factor.empty(),
                       "Upsample.size: must be given where scale_factor is not, and only there, "
                       "got ",
                       size);
    require<AttrError>(!align_corners || mode != "nearest",
                       "Upsample.align_corners: must be false for nearest, got true");
  }

  Shapes infer(const Shapes& in) const override {
    size_t dimensions = in[0].size() < 2 ? 0 : in[0].size() - 2;
    require(dimensions >= 1 && dimensions <= 3,
            "input must be channels x one to three extents, got ", without_batch(in[0]));
    size_t linear = mode == "linear" ? 1 : mode == "bilinear" ? 2 : mode == "trilinear" ? 3 : 0;
    size_t given = size.empty() ? scale_factor.size() : size.size();
    for (size_t wanted : {linear, given > 1 ? given : 0}) {
      require(wanted == 0 || wanted == dimensions, "input must have ", wanted,
              " spatial extents, got ", without_batch(in[0]));
    }
    Shape out = in[0];
    for (size_t i = 0; i < dimensions; ++i) {
      out[i + 2] = resized(i, in[0][i + 2]);
      require(out[i + 2] > 0, "input must leave something when it is resized, got ",
              without_batch(in[0]));
    }
    return {out};
  }

  void prepare(Prepare& p) const override {
    std::vector<Points> points;
    for (size_t i = 0; i + 2 < p.in().size(); ++i) {
      points.push_back(points_of(i, p.in()[i + 2], p.out()[i + 2]));
    }
    by_dtype(p.env().dtype, [&]<class T>() {
      auto& op = p.keep(std::make_unique<Resize<T>>(p.in(), points));
      p.scratch(static_cast<size_t>(op.scratch()) * sizeof(T));
    });
  }
  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      r.op<Resize<T>>().forward(static_cast<const T*>(r.x()), static_cast<T*>(r.y()),
                                static_cast<T*>(r.scratch()));
    });
  }
  void backward(Run& r) const override {
    if (!r.dx()) return;
    by_dtype(r.dtype(), [&]<class T>() {
      r.op<Resize<T>>().backward(static_cast<const T*>(r.dy()), static_cast<T*>(r.dx()),
                                 static_cast<T*>(r.scratch()));
    });
  }

 private:
  float scale(size_t i) const {
    return scale_factor.size() == 1 ? scale_factor[0] : scale_factor[i];
  }
  int64_t resized(size_t i, int64_t extent) const {
    if (!size.empty()) return size.size() == 1 ? size[0] : size[i];
    return static_cast<int64_t>(std::floor(static_cast<float>(extent) * scale(i)));
  }

  static double over(int64_t a, int64_t b) {
    return static_cast<double>(a) / static_cast<double>(b);
  }

  Points points_of(size_t i, int64_t from, int64_t to) const {
    Points points{.from = from, .low = {}, .high = {}, .share = {}};
    // In f32, where a third is the inverse of three.
    float step = size.empty() ? 1 / scale(i) : 0;
    double ratio = size.empty() ? static_cast<double>(step) : over(from, to);
    if (align_corners) ratio = to > 1 ? over(from - 1, to - 1) : 0;
    bool nearest = mode == "nearest", middle = half_pixel_centers && !align_corners && !nearest;
    for (int64_t o = 0; o < to; ++o) {
      double place = ratio * static_cast<double>(o);
      if (middle) place = std::max(0.0, ratio * (static_cast<double>(o) + 0.5) - 0.5);
      // Exact where it is a whole number.
      if (nearest) {
        place = size.empty() ? static_cast<double>(static_cast<float>(o) * step)
                             : static_cast<double>(o * from / to);
      }
      int64_t low = std::min(from - 1, static_cast<int64_t>(std::floor(place)));
      points.low.push_back(low);
      points.high.push_back(std::min(from - 1, low + 1));
      if (!nearest) points.share.push_back(place - static_cast<double>(low));
    }
    return points;
  }
};
FIRESTEEL_LAYER(Upsample);

}  // namespace firesteel
