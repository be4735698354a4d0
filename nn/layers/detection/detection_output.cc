// SPDX-License-Identifier: Apache-2.0
// DetectionOutput: what an SSD net has found. Boxes are decoded from priors, those of each class
// suppress each other, and the best of all classes remain. Liu et al., "SSD: single shot multibox
// detector", 2016.
#include <algorithm>

#include "core/buffer.h"
#include "core/threads.h"
#include "nn/layer.h"
#include "nn/layers/detection/detections.h"

namespace firesteel {

struct DetectionOutput final : InferenceLayerOf<DetectionOutput> {
  int64_t num_classes = 0, background_label = 0;
  bool share_location = true, variance_encoded_in_target = false, clip = false;
  float nms_threshold = 0.45f, confidence_threshold = 0.01f;
  int64_t nms_top_k = 400, keep_top_k = 200;
  std::string code_type = "center_size";

  static constexpr auto schema() {
    using D = DetectionOutput;
    return Schema{
        "DetectionOutput",
        "detection",
        "What an SSD net has found: rows of label, score, x1, y1, x2, y2, best first, filled up "
        "with label -1. Takes the regression of boxes, the probabilities of the classes, and the "
        "boxes and variances of PriorBox (or boxes alone: their variances are 1).",
        required("num_classes", &D::num_classes, "classes, the background included", positive),
        attr("background_label", &D::background_label, "a class that is not looked for; -1: none"),
        attr("share_location", &D::share_location, "one regression for all classes"),
        attr("nms_threshold", &D::nms_threshold,
             "intersection over union with a better box of the class that is too much",
             nonnegative),
        attr("nms_top_k", &D::nms_top_k, "boxes of a class that are looked at; 0: all",
             nonnegative),
        attr("keep_top_k", &D::keep_top_k, "rows of the output", positive),
        attr("confidence_threshold", &D::confidence_threshold, "only better scores are looked at"),
        attr("code_type", &D::code_type,
             "what the regression is of: center_size (middle, and logarithm of the sides) or "
             "corner"),
        attr("variance_encoded_in_target", &D::variance_encoded_in_target,
             "the regression is not to be multiplied by the variances"),
        attr("clip", &D::clip, "boxes end where the image does, at 0 and 1")};
  }
  static Sample sample() {
    return {.attrs = {{"num_classes", int64_t{3}},
                      {"nms_threshold", 0.3},
                      {"confidence_threshold", -1.0},
                      {"nms_top_k", int64_t{4}},
                      {"keep_top_k", int64_t{7}}},
            .in = {{2, 20}, {2, 15}, {2, 5, 8}}};
  }

  void check() const override {
    require<AttrError>(code_type == "center_size" || code_type == "corner",
                       "DetectionOutput.code_type: must be 'center_size' or 'corner', got '",
                       code_type, "'");
    require<AttrError>(background_label >= -1 && background_label < num_classes,
                       "DetectionOutput.background_label: must be a class or -1, got ",
                       background_label);
  }
  int least_inputs() const override { return 3; }

  Shapes infer(const Shapes& in) const override {
    require(in[2].size() == 3 && (in[2][2] == 4 || in[2][2] == 8),
            "input 2 must be priors of 8 numbers, or 4, got ", without_batch(in[2]));
    int64_t boxes = in[2][1], locations = boxes * regressions() * 4;
    require(numel(without_batch(in[0])) == locations, "input must have ", locations,
            " numbers, got ", without_batch(in[0]));
    require(numel(without_batch(in[1])) == boxes * num_classes, "input 1 must have ",
            boxes * num_classes, " numbers, got ", without_batch(in[1]));
    return {{in[0][0], keep_top_k, kDetectionNumbers}};
  }

  void prepare(Prepare& p) const override {
    by_dtype(p.env().dtype, [&]<class T>() {
      p.scratch(static_cast<size_t>(p.in()[0]) * bytes_of_row<T>(p.in(2)));
    });
  }
  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() {
      parallel_for(r.rows(), 1, [&](int64_t begin, int64_t end) {
        for (int64_t n = begin; n < end; ++n) detect<T>(r, n);
      });
    });
  }

 private:
  int64_t regressions() const { return share_location ? 1 : num_classes; }
  DetectionLimits limits(const Shape& priors) const {
    return {.boxes = priors[1],
            .classes = num_classes,
            .background = background_label,
            .least_score = confidence_threshold,
            .overlap = nms_threshold,
            .candidates = nms_top_k > 0 ? std::min(nms_top_k, priors[1]) : priors[1],
            .results = keep_top_k};
  }
  template <class T>
  size_t bytes_of_row(const Shape& priors) const {
    return whole_lines(Detector<T>::bytes(limits(priors)));
  }

  template <class T>
  void detect(const Run& r, int64_t n) const {
    int64_t boxes = r.in(2)[1], numbers = r.in(2)[2];
    auto* regression = static_cast<const T*>(r.x()) + n * boxes * regressions() * 4;
    auto* scores = static_cast<const T*>(r.x(1)) + n * boxes * num_classes;
    auto* priors = static_cast<const T*>(r.x(2)) + n * boxes * numbers;
    auto* memory = static_cast<std::byte*>(r.scratch());
    Detector<T> detector(limits(r.in(2)), T(0),
                         memory + static_cast<size_t>(n) * bytes_of_row<T>(r.in(2)));
    detector.find([&](int64_t i, int64_t label) { return scores[i * num_classes + label]; },
                  [&](int64_t i, int64_t label) {
                    int64_t which = share_location ? i : i * num_classes + label;
                    const T* prior = priors + i * numbers;
                    bool varies = numbers == 8 && !variance_encoded_in_target;
                    return found(Box<T>::load(prior), varies ? prior + 4 : nullptr,
                                 regression + which * 4);
                  },
                  [](Detection<T>&, const int64_t*, int64_t) {});
    detector.write(static_cast<T*>(r.y()) + n * keep_top_k * kDetectionNumbers);
  }

  template <class T>
  Box<T> found(const Box<T>& prior, const T* variances, const T* regression) const {
    Box<T> box = code_type == "corner" ? moved_corners(prior, variances, regression)
                                       : decoded(prior, variances, regression);
    return clip ? clipped(box, T(1), T(1), T(0)) : box;
  }
};
FIRESTEEL_LAYER(DetectionOutput);

}  // namespace firesteel
