// SPDX-License-Identifier: Apache-2.0
// Anchor: boxes of several ratios and sizes around each position of a map. Ren et al., "Faster
// R-CNN: towards real-time object detection with region proposal networks", 2015.
#include "nn/layers/detection/anchors.h"

namespace firesteel {

struct Anchor final : AnchorLayerOf<Anchor> {
  static constexpr auto schema() {
    return Schema{"Anchor",
                  "detection",
                  "The boxes around each position of a map that a region proposal net looks at, of "
                  "shape (boxes, 4): x1, y1, x2, y2 in pixels of the image; by position, then by "
                  "ratio, then by scale.",
                  kRatios,
                  kScales,
                  kStride,
                  kBaseSize,
                  kInclusive};
  }
  static Sample sample() {
    return {.attrs = {{"scales", Reals{1.0, 2.0}}, {"stride", int64_t{4}}}, .in = {{2, 3, 2, 3}}};
  }

  Shapes infer(const Shapes& in) const override {
    require(in[0].size() == 4, "input must be images, got ", without_batch(in[0]));
    auto each = static_cast<int64_t>(ratios.size() * scales.size());
    return {{in[0][0], in[0][2] * in[0][3] * each, 4}};
  }

  // Only the shape counts.
  void prepare(Prepare& p) const override {
    p.take_as_offered();
    p.keep(std::make_unique<std::vector<Box<double>>>(first_anchors()));
  }
  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      auto& first = r.op<std::vector<Box<double>>>();
      auto* y = static_cast<T*>(r.y());
      for (int64_t n = 0; n < r.rows(); ++n) {
        for (int64_t position = 0; position < r.in()[2] * r.in()[3]; ++position) {
          for (const Box<double>& box : first) {
            anchor_at<T>(box, position % r.in()[3], position / r.in()[3]).store(y);
            y += 4;
          }
        }
      }
    });
  }
};
FIRESTEEL_LAYER(Anchor);

}  // namespace firesteel
