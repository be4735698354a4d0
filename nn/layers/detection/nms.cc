// SPDX-License-Identifier: Apache-2.0
// Nms, non-maximum suppression: the ids of boxes, best scores first, that overlap none of those
// before by more than iou_threshold of their union.
#include "nn/layers/detection/nms.h"

#include <limits>

#include "core/buffer.h"
#include "core/threads.h"
#include "nn/layer.h"

namespace firesteel {

struct Nms final : InferenceLayerOf<Nms> {
  int64_t max_output = 0;
  float iou_threshold = 0.5f;
  bool inclusive = false;

  static constexpr auto schema() {
    return Schema{
        "Nms",
        "detection",
        "Picks of boxes (x1, y1, x2, y2) and their scores those that overlap no better one: ids, "
        "filled up with -1, and as a second output how many there are. Scores that are no numbers "
        "are left out.",
        required("max_output", &Nms::max_output, "room for ids", positive),
        attr("iou_threshold", &Nms::iou_threshold, "intersection over union that is too much",
             nonnegative),
        attr("inclusive", &Nms::inclusive, "x2 and y2 name a box's last pixel, as in BigDL")};
  }
  static Sample sample() {
    return {.attrs = {{"max_output", int64_t{4}}, {"iou_threshold", 0.1}},
            .in = {{2, 6, 4}, {2, 6}}};
  }

  int least_inputs() const override { return 2; }

  Shapes infer(const Shapes& in) const override {
    require(in[0].size() == 3 && in[0][2] == 4, "input must be boxes of 4 numbers, got ",
            without_batch(in[0]));
    require(in[1] == (Shape{in[0][0], in[0][1]}), "input 1 must be ", in[0][1], " scores, got ",
            without_batch(in[1]));
    return {{in[0][0], max_output}, {in[0][0], 1}};
  }

  void prepare(Prepare& p) const override {
    size_t each = bytes_of_row(p.in()[1], size_of(p.env().dtype));
    p.scratch(static_cast<size_t>(p.in()[0]) * each);
  }

  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      parallel_for(r.rows(), 1, [&](int64_t begin, int64_t end) {
        for (int64_t n = begin; n < end; ++n) pick<T>(r, n);
      });
    });
  }

 private:
  // Ids of all boxes, and the boxes that are kept.
  size_t bytes_of_row(int64_t boxes, size_t number) const {
    return whole_lines(static_cast<size_t>(boxes) * sizeof(int64_t) +
                       static_cast<size_t>(max_output * KeptBoxes<float>::kNumbersOfBox) * number);
  }

  template <class T>
  void pick(const Run& r, int64_t n) const {
    int64_t count = r.in()[1];
    auto* boxes = static_cast<const T*>(r.x()) + n * count * 4;
    auto* scores = static_cast<const T*>(r.x(1)) + n * count;
    auto* memory = static_cast<std::byte*>(r.scratch()) +
                   static_cast<size_t>(n) * bytes_of_row(count, sizeof(T));
    auto* ids = reinterpret_cast<int64_t*>(memory);
    KeptBoxes<T> kept(reinterpret_cast<T*>(ids + count), max_output, static_cast<T>(iou_threshold),
                      inclusive ? T(1) : T(0));
    int64_t candidates = best_above(-std::numeric_limits<T>::infinity(), ids, count, count,
                                    [&](int64_t i) { return scores[i]; });
    auto* y = static_cast<T*>(r.y()) + n * max_output;
    std::fill_n(y, max_output, T(-1));
    for (int64_t c = 0; c < candidates && kept.count() < max_output; ++c) {
      int64_t at = kept.count();
      if (kept.keep(Box<T>::load(boxes + ids[c] * 4))) y[at] = static_cast<T>(ids[c]);
    }
    static_cast<T*>(r.y(1))[n] = static_cast<T>(kept.count());
  }
};
FIRESTEEL_LAYER(Nms);

}  // namespace firesteel
