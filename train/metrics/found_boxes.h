// SPDX-License-Identifier: Apache-2.0
// What a detector has found in an image: rows of label, score and corners, or what MultiBox trains, in which
// boxes are found as DetectionOutput does.
#pragma once

#include <cmath>
#include <span>
#include <vector>

#include "nn/layers/detection/detections.h"

namespace firesteel {

struct FoundBox {
  int64_t label;
  float score;
  Box<float> box;
};

// Best first. rows: [n, 6]; label -1 is none.
inline std::vector<FoundBox> boxes_in_rows(const float* rows, int64_t n) {
  std::vector<FoundBox> found;
  for (const float* row = rows; row < rows + n * kDetectionNumbers; row += kDetectionNumbers) {
    if (row[0] < 0) continue;
    found.push_back({static_cast<int64_t>(row[0]), row[1], Box<float>::load(row + 2)});
  }
  std::ranges::stable_sort(found, std::greater(), &FoundBox::score);
  return found;
}

// Finds boxes in outputs of an image; one serves many images.
class BoxFinder {
 public:
  explicit BoxFinder(const DetectionLimits& limits)
      : limits_(limits),
        probabilities_(static_cast<size_t>(limits.boxes * limits.classes)),
        rows_(static_cast<size_t>(limits.results * kDetectionNumbers)),
        memory_(Detector<float>::bytes(limits) / sizeof(int64_t) + 1) {}

  // places: [boxes, 4] in units of `variances`; scores: [boxes, classes] before a softmax; corners:
  // [boxes, 4] of the default boxes.
  std::vector<FoundBox> find(const float* places, const float* scores, const float* corners,
                             std::span<const float> variances) {
    for (int64_t i = 0; i < limits_.boxes; ++i) softmax(scores, i);
    Detector<float> detector(limits_, 0.f, reinterpret_cast<std::byte*>(memory_.data()));
    detector.find([&](int64_t i, int64_t label) { return probability(i, label); },
                  [&](int64_t i, int64_t) {
                    return decoded(Box<float>::load(corners + 4 * i), variances.data(),
                                   places + 4 * i);
                  },
                  [](Detection<float>&, const int64_t*, int64_t) {});
    detector.write(rows_.data());
    return boxes_in_rows(rows_.data(), limits_.results);
  }

 private:
  float& probability(int64_t box, int64_t label) {
    return probabilities_[static_cast<size_t>(box * limits_.classes + label)];
  }
  void softmax(const float* scores, int64_t box) {
    const float* x = scores + box * limits_.classes;
    float most = *std::max_element(x, x + limits_.classes), sum = 0;
    for (int64_t c = 0; c < limits_.classes; ++c) {
      sum += probability(box, c) = std::exp(x[c] - most);
    }
    for (int64_t c = 0; c < limits_.classes; ++c) probability(box, c) /= sum;
  }

  DetectionLimits limits_;
  std::vector<float> probabilities_, rows_;
  std::vector<int64_t> memory_;  // aligned for all that lies in it
};

}  // namespace firesteel
