// SPDX-License-Identifier: Apache-2.0
// DetectionOutputFrcnn: what a Faster R-CNN has found. Regions are moved as the regression of each
// class says, those of each class suppress each other, and the best of all classes remain. Ren et
// al., "Faster R-CNN", 2015; voting: Gidaris and Komodakis, 2015.
#include <algorithm>
#include <limits>

#include "core/buffer.h"
#include "core/threads.h"
#include "nn/layer.h"
#include "nn/layers/detection/detections.h"
#include "nn/layers/detection/image_info.h"

namespace firesteel {

struct DetectionOutputFrcnn final : InferenceLayerOf<DetectionOutputFrcnn> {
  int64_t num_classes = 0, max_per_image = 100;
  float nms_threshold = 0.3f, score_threshold = 0.05f, max_log_scale = kMaxLogScale;
  std::vector<float> weights = {1, 1, 1, 1};
  bool box_vote = false, inclusive = true;
  Dims image_size;

  static constexpr auto schema() {
    using D = DetectionOutputFrcnn;
    return Schema{
        "DetectionOutputFrcnn",
        "detection",
        "What a Faster R-CNN or Mask R-CNN has found: rows of label, score, x1, y1, x2, y2, best "
        "first, filled up with label -1. Takes regions (x1, y1, x2, y2), four numbers of "
        "regression for each class, the probabilities of the classes, of which 0 is the "
        "background, "
        "and perhaps what Proposal takes as its last input: then boxes are those of the image "
        "before "
        "it was scaled.",
        required("num_classes", &D::num_classes, "classes, the background included", positive),
        attr("nms_threshold", &D::nms_threshold,
             "intersection over union with a better box of the class that is too much",
             nonnegative),
        attr("score_threshold", &D::score_threshold, "only better scores are looked at"),
        attr("max_per_image", &D::max_per_image, "rows of the output", positive),
        attr("weights", &D::weights, "that the regression is divided by", positive),
        attr("max_log_scale", &D::max_log_scale, "limit of the logarithm of a side's change",
             positive),
        attr("box_vote", &D::box_vote,
             "a box becomes the mean of those of its class that overlap it by half, by their "
             "scores"),
        attr("inclusive", &D::inclusive, "x2 and y2 name a box's last pixel"),
        attr("image_size", &D::image_size,
             "height and width, where boxes end; empty: an input says so",
             rules::EmptyOr<rules::Pair<1>>{})};
  }
  static Sample sample() {
    return {.attrs = {{"num_classes", int64_t{3}},
                      {"score_threshold", -1.0},
                      {"max_per_image", int64_t{7}},
                      {"box_vote", true},
                      {"image_size", Dims{3, 4}}},
            .in = {{2, 5, 4}, {2, 5, 12}, {2, 5, 3}}};
  }

  void check() const override {
    require<AttrError>(weights.size() == 4,
                       "DetectionOutputFrcnn.weights: must be four numbers, got ", weights);
  }
  int least_inputs() const override { return 3; }
  int most_inputs() const override { return 4; }

  Shapes infer(const Shapes& in) const override {
    require(in[0].size() == 3 && in[0][2] == 4, "input must be regions of 4 numbers, got ",
            without_batch(in[0]));
    int64_t regions = in[0][1];
    auto per_class = [&](size_t i, int64_t numbers) {
      require(numel(without_batch(in[i])) == regions * numbers * num_classes, "input ", i,
              " must have ", regions * numbers * num_classes, " numbers, got ",
              without_batch(in[i]));
    };
    per_class(1, 4);
    per_class(2, 1);
    check_image_info(in, 3, image_size);
    return {{in[0][0], max_per_image, kDetectionNumbers}};
  }

  void prepare(Prepare& p) const override {
    by_dtype(p.env().dtype, [&]<class T>() {
      p.scratch(static_cast<size_t>(p.in()[0]) * bytes_of_row<T>(p.in()));
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
  DetectionLimits limits(const Shape& regions) const {
    return {.boxes = regions[1],
            .classes = num_classes,
            .background = 0,
            .least_score = score_threshold,
            .overlap = nms_threshold,
            .candidates = regions[1],
            .results = max_per_image};
  }
  template <class T>
  size_t bytes_of_row(const Shape& regions) const {
    return whole_lines(Detector<T>::bytes(limits(regions)));
  }

  template <class T>
  void detect(const Run& r, int64_t n) const {
    int64_t count = r.in()[1];
    auto* regions = static_cast<const T*>(r.x()) + n * count * 4;
    auto* regression = static_cast<const T*>(r.x(1)) + n * count * num_classes * 4;
    auto* scores = static_cast<const T*>(r.x(2)) + n * count * num_classes;
    T pixel = inclusive ? T(1) : T(0);
    BoxCode<T> code{{}, static_cast<T>(max_log_scale), pixel};
    std::copy_n(weights.begin(), 4, code.weights);
    auto image = image_info<T>(r, n, 3, image_size);
    auto score = [&](int64_t i, int64_t label) {
      // What Proposal fills up with lies outside the image.
      bool filler = regions[i * 4] < 0 && regions[i * 4 + 2] < 0;
      return filler ? std::numeric_limits<T>::quiet_NaN() : scores[i * num_classes + label];
    };
    auto box_of = [&](int64_t i, int64_t label) {
      Box<T> box = image.unscaled(Box<T>::load(regions + i * 4));
      box = code.decode(box, regression + (i * num_classes + label) * 4);
      return clipped(box, image.width / image.scale_x, image.height / image.scale_y, pixel);
    };
    auto refine = [&](Detection<T>& detection, const int64_t* ids, int64_t candidates) {
      if (!box_vote) return;
      Box<T> sum;
      T total = 0;
      for (int64_t c = 0; c < candidates; ++c) {
        Box<T> box = box_of(ids[c], detection.label);
        T weight = score(ids[c], detection.label);
        if (iou(box, detection.box, pixel) < T(0.5)) continue;
        total += weight;
        sum.x1 += weight * box.x1, sum.y1 += weight * box.y1;
        sum.x2 += weight * box.x2, sum.y2 += weight * box.y2;
      }
      if (total > 0)
        detection.box = {sum.x1 / total, sum.y1 / total, sum.x2 / total, sum.y2 / total};
    };
    auto* memory = static_cast<std::byte*>(r.scratch());
    Detector<T> detector(limits(r.in()), pixel,
                         memory + static_cast<size_t>(n) * bytes_of_row<T>(r.in()));
    detector.find(score, box_of, refine);
    detector.write(static_cast<T*>(r.y()) + n * max_per_image * kDetectionNumbers);
  }
};
FIRESTEEL_LAYER(DetectionOutputFrcnn);

}  // namespace firesteel
