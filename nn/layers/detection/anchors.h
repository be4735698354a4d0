// SPDX-License-Identifier: Apache-2.0
// What layers with anchors share: the boxes around each position of a map that a region proposal
// net looks at. Ren et al., "Faster R-CNN", 2015.
#pragma once

#include <cmath>
#include <vector>

#include "nn/layer.h"
#include "nn/layers/detection/boxes.h"

namespace firesteel {

struct AnchorLayer : Layer {
  std::vector<float> ratios = {0.5f, 1, 2}, scales = {8, 16, 32};
  int64_t stride = 16, base_size = 16;
  bool inclusive = true;

  bool trains() const final { return false; }
  void backward(Run&) const final {}

  void check() const override {
    require<AttrError>(!ratios.empty(), kind(), ".ratios: must not be empty");
    require<AttrError>(!scales.empty(), kind(), ".scales: must not be empty");
  }

 protected:
  double pixel() const { return inclusive ? 1 : 0; }

  // Those of the first position: all scales of the first ratio, then of the next.
  std::vector<Box<double>> first_anchors() const {
    std::vector<Box<double>> anchors;
    for (double ratio : ratios) {
      for (double scale : scales) {
        anchors.push_back(inclusive ? whole_sides(ratio, scale) : whole_corners(ratio, scale));
      }
    }
    return anchors;
  }

  template <class T>
  Box<T> anchor_at(const Box<double>& first, int64_t x, int64_t y) const {
    auto dx = static_cast<double>(x * stride), dy = static_cast<double>(y * stride);
    return {static_cast<T>(first.x1 + dx), static_cast<T>(first.y1 + dy),
            static_cast<T>(first.x2 + dx), static_cast<T>(first.y2 + dy)};
  }

 private:
  // In the middle of a square of base_size pixels.
  Box<double> whole_sides(double ratio, double scale) const {
    auto base = static_cast<double>(base_size);
    double width = std::round(base / std::sqrt(ratio)), height = std::round(width * ratio);
    double middle = (base - 1) / 2, x = (width * scale - 1) / 2, y = (height * scale - 1) / 2;
    return {middle - x, middle - y, middle + x, middle + y};
  }
  // Around the position's corner.
  Box<double> whole_corners(double ratio, double scale) const {
    double size = static_cast<double>(base_size) * scale, root = std::sqrt(ratio);
    double x = std::nearbyint(size / root / 2), y = std::nearbyint(size * root / 2);
    return {-x, -y, x, y};
  }
};

template <class Derived>
using AnchorLayerOf = DescribedBy<Derived, AnchorLayer>;

inline constexpr auto kRatios =
    attr("ratios", &AnchorLayer::ratios, "heights divided by widths", positive);
inline constexpr auto kScales =
    attr("scales", &AnchorLayer::scales, "sizes, in units of base_size", positive);
inline constexpr auto kStride =
    attr("stride", &AnchorLayer::stride, "pixels from position to position", positive);
inline constexpr auto kBaseSize =
    attr("base_size", &AnchorLayer::base_size, "pixels of scale 1", positive);
inline constexpr auto kInclusive =
    attr("inclusive", &AnchorLayer::inclusive,
         "x2 and y2 name a box's last pixel and anchors have whole sides, as in Caffe's Faster "
         "R-CNN and BigDL; false: anchors have whole corners around multiples of stride, as in "
         "torchvision");

}  // namespace firesteel
