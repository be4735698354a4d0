// SPDX-License-Identifier: Apache-2.0
// The end of a detector: boxes with scores of each class become few rows of
// (label, score, x1, y1, x2, y2).
#pragma once

#include "core/shape.h"
#include "nn/layers/detection/nms.h"

namespace firesteel {

inline constexpr int64_t kDetectionNumbers = 6;

template <class T>
struct Detection {
  Box<T> box;
  T score;
  int64_t label, id;
};

struct DetectionLimits {
  int64_t boxes = 0, classes = 0;
  int64_t background = -1;  // a class that is never found; -1: there is none
  float least_score = 0, overlap = 0;
  int64_t candidates = 0;  // of a class, before others are suppressed
  int64_t results = 0;
};

// Finds the detections of one row of a batch, in memory of the caller.
template <class T>
class Detector {
 public:
  static size_t bytes(const DetectionLimits& l) {
    return static_cast<size_t>(l.classes * l.candidates) * sizeof(Detection<T>) +
           static_cast<size_t>(l.boxes + l.classes * l.candidates) * sizeof(int64_t) +
           static_cast<size_t>(l.candidates * KeptBoxes<T>::kNumbersOfBox) * sizeof(T);
  }

  Detector(const DetectionLimits& limits, T pixel, std::byte* memory)
      : limits_(limits),
        pixel_(pixel),
        found_(reinterpret_cast<Detection<T>*>(memory)),
        ids_(reinterpret_cast<int64_t*>(found_ + limits.classes * limits.candidates)),
        order_(ids_ + limits.boxes),
        kept_(reinterpret_cast<T*>(order_ + limits.classes * limits.candidates)) {}

  // score(box, label) of boxes; box_of(box, label) decodes one; refine(detection, candidates' ids,
  // how many) may change a box that is kept.
  template <class Score, class BoxOf, class Refine>
  void find(const Score& score, const BoxOf& box_of, const Refine& refine) {
    for (int64_t label = 0; label < limits_.classes; ++label) {
      if (label == limits_.background) continue;
      auto of_label = [&](int64_t i) { return score(i, label); };
      int64_t candidates = best_above(static_cast<T>(limits_.least_score), ids_, limits_.boxes,
                                      limits_.candidates, of_label);
      KeptBoxes<T> kept(kept_, limits_.candidates, static_cast<T>(limits_.overlap), pixel_);
      for (int64_t c = 0; c < candidates; ++c) {
        Detection<T> detection{box_of(ids_[c], label), of_label(ids_[c]), label, ids_[c]};
        if (!kept.keep(detection.box)) continue;
        refine(detection, ids_, candidates);
        found_[count_++] = detection;
      }
    }
  }

  // The best of all classes, best first, filled up with rows of label -1.
  void write(T* rows) {
    for (int64_t i = 0; i < count_; ++i) order_[i] = i;
    // Equals in the order in which they were found: by class, then by box.
    int64_t best =
        sort_best(order_, count_, limits_.results, [&](int64_t i) { return found_[i].score; });
    std::fill_n(rows, limits_.results * kDetectionNumbers, T(0));
    for (int64_t i = 0; i < limits_.results; ++i, rows += kDetectionNumbers) {
      rows[0] = T(-1);
      if (i >= best) continue;
      const Detection<T>& detection = found_[order_[i]];
      rows[0] = static_cast<T>(detection.label);
      rows[1] = detection.score;
      detection.box.store(rows + 2);
    }
  }

 private:
  DetectionLimits limits_;
  T pixel_;
  Detection<T>* found_;
  int64_t *ids_, *order_;
  T* kept_;
  int64_t count_ = 0;
};

}  // namespace firesteel
