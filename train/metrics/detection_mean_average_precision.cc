// SPDX-License-Identifier: Apache-2.0
// DetectionMeanAveragePrecision: how well a detector's boxes of a class, best score first, hit true boxes;
// the mean over classes. Everingham et al., "The PASCAL Visual Object Classes challenge", 2010 and its
// development kits of 2007 and 2010; Lin et al., "Microsoft COCO", 2014, and its evaluation code.
#include <algorithm>
#include <cmath>
#include <functional>

#include "train/metric.h"
#include "train/metrics/found_boxes.h"

namespace firesteel {
namespace {

constexpr int64_t kHalvings = 14;  // of scores, from 1/2 towards 0 and towards 1

struct TrueBox {
  Box<float> box;
  bool difficult, taken = false;
};

}  // namespace

struct DetectionMeanAveragePrecision final : MetricOf<DetectionMeanAveragePrecision> {
  using D = DetectionMeanAveragePrecision;
  int64_t num_classes = 0, bins = 32, nms_top_k = 400, keep_top_k = 200;
  bool from_boxes = false;
  std::string style = "voc2010";
  std::vector<float> overlaps, variances = {0.1f, 0.1f, 0.2f, 0.2f};
  float nms_threshold = 0.45f, confidence_threshold = 0.01f;

  static constexpr auto schema() {
    return Schema{
        "DetectionMeanAveragePrecision",
        "metric",
        "How well a detector's boxes hit true ones: the mean over classes that have true boxes of "
        "the precision over the recall. The output is [n, 6] boxes: label, score and corners; "
        "label "
        "-1 is none. Labels are [n, 5] true boxes, class and corners each; class -1 is none. A "
        "sixth "
        "number that is not 0 marks a box that need not be found (for coco, a crowd). Measured in "
        "evaluations.",
        required("num_classes", &D::num_classes, "one more than the highest label", positive),
        attr("style", &D::style,
             "voc2007 (precision at 11 recalls), voc2010 (area below the precision), or coco (at "
             "101 "
             "recalls, the mean over overlaps from 0.5 to 0.95)"),
        attr("overlaps", &D::overlaps,
             "intersections over unions from which a box hits, the figure is their mean; none: "
             "those "
             "of the style, 0.5 or ten"),
        attr("bins", &D::bins,
             "of scores, for each halving of their distance from 0 or 1; those in a bin are taken "
             "together",
             positive),
        attr("from_boxes", &D::from_boxes,
             "outputs are those that MultiBox trains, places, scores and default boxes, and boxes "
             "are found in them as DetectionOutput does"),
        attr("variances", &D::variances, "with from_boxes: as of MultiBox", positive),
        attr("nms_threshold", &D::nms_threshold,
             "with from_boxes: intersection over union with a better box that is too much",
             nonnegative),
        attr("nms_top_k", &D::nms_top_k, "with from_boxes: boxes of a class that are looked at",
             positive),
        attr("keep_top_k", &D::keep_top_k, "with from_boxes: boxes of an image", positive),
        attr("confidence_threshold", &D::confidence_threshold,
             "with from_boxes: only better scores are looked at")};
  }
  std::string key() const override { return "detection_mean_average_precision"; }

  void check() const override {
    require<AttrError>(style == "voc2007" || style == "voc2010" || style == "coco", kind(),
                       ".style: must be 'voc2007', 'voc2010' or 'coco', got '", style, "'");
    require<AttrError>(variances.size() == 4, kind(), ".variances: must be 4 numbers, got ",
                       variances.size());
    for (float overlap : overlaps) {
      require<AttrError>(overlap > 0 && overlap <= 1, kind(),
                         ".overlaps: must be > 0 and <= 1, got ", overlap);
    }
  }

  size_t outputs() const override { return from_boxes ? 3 : 1; }
  // For each class the true boxes, then for each overlap what misses and what hits, by bin.
  size_t sums() const override { return static_cast<size_t>(num_classes) * of_class(); }

  void check(const Shape& output, const Labels& labels) const override {
    check_outputs(std::span(&output, 1), labels);
  }
  void check_outputs(std::span<const Shape> shapes, const Labels& labels) const override {
    const Shape& given = labels.row_shape;
    require(given.size() == 2 && (given[1] == 5 || given[1] == 6), kind(),
            ": labels must be [n, 5] or [n, 6], got ", given);
    if (!from_boxes) {
      require(shapes[0].size() == 2 && shapes[0][1] == kDetectionNumbers, kind(),
              ": the model's output must be [n, 6], got ", shapes[0],
              ". Those that MultiBox trains want from_boxes");
      return;
    }
    int64_t boxes = numel(shapes[0]) / 4;
    require(numel(shapes[0]) == 4 * boxes && numel(shapes[1]) == boxes * num_classes &&
                numel(shapes[2]) == 4 * boxes,
            kind(), ": the model's outputs must be [n, 4] places, [n, ", num_classes,
            "] scores and [n, 4] default boxes, got ", shapes[0], ", ", shapes[1], " and ",
            shapes[2]);
  }

  void measure(const Shape& shape, const float* output, const Labels& labels,
               std::span<double> sums) const override {
    const void* plain = output;
    measure_outputs(std::span(&shape, 1), std::span(&plain, 1), labels, sums);
  }
  void measure_outputs(std::span<const Shape> shapes, std::span<const void* const> outputs,
                       const Labels& labels, std::span<double> sums) const override {
    int64_t boxes = from_boxes ? numel(without_batch(shapes[0])) / 4 : shapes[0][1];
    BoxFinder finder(from_boxes ? limits(boxes) : DetectionLimits{});
    auto row = [&](size_t output, int64_t r, int64_t numbers) {
      return static_cast<const float*>(outputs[output]) + r * numbers;
    };
    for (int64_t r = 0; r < shapes[0][0]; ++r) {
      auto found = from_boxes ? finder.find(row(0, r, boxes * 4), row(1, r, boxes * num_classes),
                                            row(2, r, boxes * 4), variances)
                              : boxes_in_rows(row(0, r, boxes * kDetectionNumbers), boxes);
      measure_image(found, labels, r, sums);
    }
  }

  double figure(std::span<const double> sums) const override {
    double total = 0, classes = 0;
    for (; !sums.empty(); sums = sums.subspan(of_class())) {
      if (sums[0] == 0) continue;
      for (size_t i = 0; i < wanted().size(); ++i) {
        auto own = sums.subspan(1 + i * 2 * bin_count(), 2 * bin_count());
        total += average_precision(own, sums[0]) / static_cast<double>(wanted().size());
      }
      ++classes;
    }
    return ratio(total, classes);
  }

 private:
  std::vector<float> wanted() const {
    if (!overlaps.empty()) return overlaps;
    if (style != "coco") return {0.5f};
    std::vector<float> all;
    for (int i = 0; i < 10; ++i) all.push_back(0.5f + 0.05f * static_cast<float>(i));
    return all;
  }
  size_t bin_count() const { return static_cast<size_t>(2 * kHalvings * bins); }
  size_t of_class() const { return 1 + 2 * bin_count() * wanted().size(); }
  DetectionLimits limits(int64_t boxes) const {
    return {.boxes = boxes,
            .classes = num_classes,
            .background = 0,
            .least_score = confidence_threshold,
            .overlap = nms_threshold,
            .candidates = std::min(nms_top_k, boxes),
            .results = keep_top_k};
  }

  // Scores near 0 and near 1 are told apart by the orders of magnitude of their distance.
  size_t bin_of(float score) const {
    double distance = std::min<double>(score, 1 - double{score});
    double depth = distance > 0 ? -std::log2(distance) - 1 : kHalvings;
    auto bin = std::min(static_cast<int64_t>(std::max(depth, 0.) * static_cast<double>(bins)),
                        kHalvings * bins - 1);
    return static_cast<size_t>(score <= 0.5f ? kHalvings * bins - 1 - bin : kHalvings * bins + bin);
  }

  void measure_image(const std::vector<FoundBox>& found, const Labels& labels, int64_t row,
                     std::span<double> sums) const {
    std::vector<std::vector<TrueBox>> truths(static_cast<size_t>(num_classes));
    int64_t most = labels.row_shape[0], numbers = labels.row_shape[1];
    for (int64_t at = row * most * numbers; at < (row + 1) * most * numbers; at += numbers) {
      if (labels.number(at) < 0) continue;
      float corners[4];
      for (int i = 0; i < 4; ++i) corners[i] = static_cast<float>(labels.number(at + 1 + i));
      auto label = static_cast<size_t>(labels.class_id(at, num_classes));
      bool difficult = numbers == 6 && labels.number(at + 5) != 0;
      truths[label].push_back({Box<float>::load(corners), difficult});
      if (!difficult) sums[label * of_class()] += 1;
    }
    std::vector<float> thresholds = wanted();
    for (size_t i = 0; i < thresholds.size(); ++i) {
      for (auto& boxes : truths) {
        for (TrueBox& box : boxes) box.taken = false;
      }
      for (const FoundBox& one : found) {
        auto label = static_cast<size_t>(one.label);
        if (one.label >= num_classes) continue;
        TrueBox* hit = hit_by(one.box, truths[label], thresholds[i]);
        if (hit && hit->difficult) continue;
        bool counts = hit && !std::exchange(hit->taken, true);
        sums[label * of_class() + 1 + 2 * (i * bin_count() + bin_of(one.score)) +
             (counts ? 1 : 0)] += 1;
      }
    }
  }

  // The true box that a found one overlaps most, or null. COCO's found boxes look at those that are not taken
  // yet, and last at crowds, of which they are to be a part.
  TrueBox* hit_by(const Box<float>& box, std::vector<TrueBox>& truths, float threshold) const {
    TrueBox* best = nullptr;
    float most = threshold;
    for (bool difficult : {false, true}) {
      if (style == "coco" && best) break;
      for (TrueBox& truth : truths) {
        if (truth.difficult != difficult || (style == "coco" && truth.taken)) continue;
        float overlap = style == "coco" && difficult
                            ? intersection(box, truth.box, 0.f) / area(box, 0.f)
                            : iou(box, truth.box, 0.f);
        if (overlap < most || (best && overlap == most)) continue;
        most = overlap;
        best = &truth;
      }
    }
    return best;
  }

  double average_precision(std::span<const double> counts, double truths) const {
    struct Point {
      double recall, precision;
    };
    std::vector<Point> points;  // from the best score on
    double hits = 0, all = 0;
    for (size_t b = counts.size(); b > 0; b -= 2) {
      if (counts[b - 2] + counts[b - 1] == 0) continue;
      hits += counts[b - 1];
      all += counts[b - 2] + counts[b - 1];
      points.push_back({hits / truths, hits / all});
    }
    // The highest precision that is reached with this recall or more.
    for (size_t i = points.size(); i > 1; --i) {
      points[i - 2].precision = std::max(points[i - 2].precision, points[i - 1].precision);
    }
    double sum = 0, before = 0;
    if (style == "voc2010") {
      for (const Point& p : points)
        sum += (p.recall - std::exchange(before, p.recall)) * p.precision;
      return sum;
    }
    int steps = style == "voc2007" ? 10 : 100;
    for (int i = 0; i <= steps; ++i) {
      auto at =
          std::ranges::lower_bound(points, i / static_cast<double>(steps), {}, &Point::recall);
      if (at != points.end()) sum += at->precision;
    }
    return sum / (steps + 1);
  }
};
FIRESTEEL_REGISTER(Metric, DetectionMeanAveragePrecision);

}  // namespace firesteel
