// SPDX-License-Identifier: Apache-2.0
// What single shot detectors share (Liu et al., 2016): heads on maps of several sizes, default boxes, and what
// trains them. Outputs: of each default box the regression of its 4 numbers, the scores of the classes, of which 0 is
// the background, and its corners; or, to detect, rows of label, score and corners.
#pragma once

#include <vector>

#include "nn/models/blocks.h"

namespace firesteel {

// Default boxes of a map's positions, in pixels of the image.
struct SsdBoxes {
  double min_size, max_size;  // max_size 0: none
  std::vector<double> ratios;
  double step;
  int64_t count() const {
    return 1 + (max_size > 0 ? 1 : 0) + 2 * static_cast<int64_t>(ratios.size());
  }
};

struct SsdModel : NamedModel {
  int64_t classes = 21, most_boxes = 20;
  bool detect = false;

  Json loss() const override { return {{"kind", "MultiBox"}}; }
  Json metrics() const override {
    Json boxes = {{"kind", "DetectionMeanAveragePrecision"},
                  {"num_classes", classes},
                  {"from_boxes", !detect}};
    return Json::array({boxes});
  }
  Json optimizer() const override {
    return {{"kind", "SGD"}, {"lr", 0.001}, {"momentum", 0.9}, {"weight_decay", 5e-4}};
  }
  DType label_dtype() const override { return DType::f32; }
  Shape label_shape() const override { return {most_boxes, 5}; }
  size_t inference_outputs() const override { return detect ? 1 : 2; }
  // Bright boxes on noise.
  void sample(Rng& rng, std::span<float> x, std::span<float> y) const override;

 protected:
  // boxes: of the positions of each of the maps.
  Graph with_heads(NetBuilder& net, const std::vector<Maps>& maps,
                   const std::vector<SsdBoxes>& boxes, int64_t image) const;
};

inline constexpr auto kSsdClasses =
    attr("classes", &SsdModel::classes, "with the background, which is 0", positive);
inline constexpr auto kSsdMostBoxes =
    attr("most_boxes", &SsdModel::most_boxes, "true boxes of an image, in its labels", positive);
inline constexpr auto kSsdDetect =
    attr("detect", &SsdModel::detect, "return detected boxes; not to be trained");

template <class Derived>
using SsdOf = DescribedBy<Derived, SsdModel>;

}  // namespace firesteel
