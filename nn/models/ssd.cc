// SPDX-License-Identifier: Apache-2.0
#include "nn/models/ssd.h"

#include <cmath>

namespace firesteel {
namespace {

// Rows of `columns` numbers, one for every default box: by position, then by box.
Maps head(NetBuilder& net, const std::string& kind, const std::vector<Maps>& maps,
          const std::vector<SsdBoxes>& boxes, int64_t columns) {
  std::vector<Maps> rows;
  for (size_t i = 0; i < maps.size(); ++i) {
    std::string name = cat("head.", kind, "_head.module_list.", i);
    Maps y = net.conv(name, maps[i], boxes[i].count() * columns, {.kernel = 3, .bias = true});
    y = net.add(name + ".permute", "Permute", {{"dims", Dims{2, 3, 1}}}, {y});
    rows.push_back(net.add(name + ".reshape", "Reshape", {{"shape", Dims{-1, columns}}}, {y}));
  }
  return net.concat(cat("head.", kind), rows);
}

}  // namespace

Graph SsdModel::with_heads(NetBuilder& net, const std::vector<Maps>& maps,
                           const std::vector<SsdBoxes>& boxes, int64_t image) const {
  std::vector<Maps> priors;
  for (size_t i = 0; i < maps.size(); ++i) {
    const SsdBoxes& b = boxes[i];
    Attrs attrs = {{"min_sizes", Reals{b.min_size}},
                   {"aspect_ratios", b.ratios},
                   {"step", Reals{b.step}},
                   {"image_size", Dims{image}}};
    if (b.max_size > 0) attrs.emplace_back("max_sizes", Reals{b.max_size});
    priors.push_back(net.add(cat("priors.", i), "PriorBox", attrs, {maps[i]}));
  }
  Maps all = net.concat("priors", priors);
  Maps places = head(net, "regression", maps, boxes, 4);
  Maps scores = head(net, "classification", maps, boxes, classes);
  if (detect) {
    Maps shares = net.add("softmax", "Softmax", {}, {scores});
    return net.graph({net.add("detection", "DetectionOutput", {{"num_classes", classes}},
                              {places, shares, all})});
  }
  Maps corners =
      net.add("corners", "Narrow",
              {{"dim", int64_t{2}}, {"start", int64_t{0}}, {"length", int64_t{4}}}, {all});
  return net.graph({places, scores, corners});
}

void SsdModel::sample(Rng& rng, std::span<float> x, std::span<float> y) const {
  for (float& value : x) value = 0.3f * rng.normal();
  std::fill(y.begin(), y.end(), -1.f);
  auto side = static_cast<int64_t>(std::lround(std::sqrt(static_cast<double>(x.size()) / 3)));
  auto boxes =
      1 + static_cast<int64_t>(rng.below(static_cast<uint32_t>(std::min<int64_t>(3, most_boxes))));
  for (int64_t b = 0; b < boxes; ++b) {
    auto of_class = 1 + static_cast<int64_t>(rng.below(static_cast<uint32_t>(classes - 1)));
    float width = 0.2f + 0.3f * rng.unit(), height = 0.2f + 0.3f * rng.unit();
    float x1 = (1 - width) * rng.unit(), y1 = (1 - height) * rng.unit();
    float* label = y.data() + 5 * b;
    const float numbers[] = {static_cast<float>(of_class), x1, y1, x1 + width, y1 + height};
    std::copy(std::begin(numbers), std::end(numbers), label);
    // Its channel says the class modulo three.
    float* plane = x.data() + of_class % 3 * side * side;
    auto pixel = [&](float share) {
      return static_cast<int64_t>(share * static_cast<float>(side));
    };
    for (int64_t i = pixel(y1); i < pixel(y1 + height); ++i) {
      for (int64_t j = pixel(x1); j < pixel(x1 + width); ++j) plane[i * side + j] += 2;
    }
  }
}

}  // namespace firesteel
