// SPDX-License-Identifier: Apache-2.0
// MultiBox: of a detector with default boxes (Liu et al., "SSD", 2016): SmoothL1 of where the matched
// default boxes say that their true box is, and the cross-entropy of their scores and of those of the
// unmatched ones that are most wrong, divided by the number of matched boxes.
#include <algorithm>
#include <cmath>
#include <utility>

#include "nn/losses/box_matching.h"
#include "nn/losses/elementwise.h"

namespace firesteel {

struct MultiBox final : OutputsLossOf<MultiBox> {
  float overlap_threshold = 0.5f, negative_overlap = 0.5f, negatives = 3, location_weight = 1;
  std::vector<float> variances = {0.1f, 0.1f, 0.2f, 0.2f};

  static constexpr auto schema() {
    return Schema{
        "MultiBox",
        "loss",
        "Of a detector with three outputs: [boxes, 4] where the true box is as seen from each "
        "default box, [boxes, classes] scores with class 0 for none, and [boxes, 4] the default "
        "boxes by their corners. Labels are [n, 5] true boxes, class and corners each; class -1 "
        "is no box. The mean over matched boxes.",
        attr("overlap_threshold", &MultiBox::overlap_threshold,
             "intersection over union above which a default box is matched", fraction),
        attr("negative_overlap", &MultiBox::negative_overlap,
             "intersection over union below which a box counts as one of none", positive),
        attr("negatives", &MultiBox::negatives,
             "how many boxes without a match count for each matched one, the most wrong ones",
             nonnegative),
        attr("location_weight", &MultiBox::location_weight, "of the places in the sum",
             nonnegative),
        attr("variances", &MultiBox::variances, "units of x, y, width and height, in default boxes",
             positive)};
  }
  static LossSample sample() {
    return {.attrs = {{"negatives", 1.0}, {"location_weight", 0.5}},
            .outputs = {{5, 4}, {5, 3}, {5, 4}},
            .labels = {2, 5},
            .numbers = {1, 0.1, 0.1, 0.45, 0.5, 2,  0.5, 0.5, 0.9, 0.95,
                        2, 0.2, 0.6, 0.5,  0.9, -1, 0,   0,   0,   0},
            .constants = {{0,   0,   0.4, 0.4, 0.5, 0,   0.9,  0.4,  0,    0.5,
                           0.4, 0.9, 0.5, 0.5, 0.9, 0.9, 0.25, 0.25, 0.75, 0.75}}};
  }

  void check() const override {
    require<AttrError>(variances.size() == 4, "MultiBox.variances: must be 4 numbers, got ",
                       variances.size());
  }
  size_t outputs() const override { return 3; }

  void check_outputs(std::span<const Shape> shapes, const Labels& labels) const override {
    const Shape& scores = shapes[1];
    require(scores.size() == 2 && scores[1] >= 2,
            "MultiBox: the model's second output must be [boxes, classes], got ", scores);
    for (size_t i : {size_t{0}, size_t{2}}) {
      require(numel(shapes[i]) == 4 * scores[0], "MultiBox: the model's ",
              i == 0 ? "first" : "third", " output must be [", scores[0], ", 4], got ", shapes[i]);
    }
    const Shape& given = labels.row_shape;
    require(given.size() == 2 && given[1] == 5, "MultiBox: labels must be [n, 5], got ", given);
  }

  LossSum run_outputs(const LossInput& in) const override {
    LossSum total;
    by_dtype(in.dtype, [&]<class T>() {
      for (size_t i = 0; i < in.gradients.size(); ++i) {
        std::fill_n(static_cast<T*>(in.gradients[i]), numel(in.shapes[i]), T(0));
      }
      for (int64_t r = 0; r < in.shapes[0][0]; ++r) {
        LossSum row = of_row<T>(in, r);
        total.sum += row.sum;
        total.normaliser += row.normaliser;
      }
    });
    return total;
  }

 private:
  struct Truths {
    std::vector<Corners> boxes;
    std::vector<int64_t> classes;
  };

  static Truths truths_of(const Labels& labels, int64_t row, int64_t classes) {
    Truths truths;
    int64_t most = labels.row_shape[0];
    for (int64_t at = row * most * 5; at < (row + 1) * most * 5; at += 5) {
      if (labels.number(at) < 0) continue;
      int64_t id = labels.class_id(at, classes);
      Corners box{labels.number(at + 1), labels.number(at + 2), labels.number(at + 3),
                  labels.number(at + 4)};
      require(id > 0, "MultiBox: labels must not have class 0, which stands for no box");
      require(box.width() > 0 && box.height() > 0,
              "MultiBox: boxes of labels must be wider and higher than 0, got corners ", box.x1,
              ", ", box.y1, ", ", box.x2, ", ", box.y2);
      truths.boxes.push_back(box);
      truths.classes.push_back(id);
    }
    return truths;
  }

  // One row of all three outputs, and of the gradients of two; null where they are not wanted.
  template <class T>
  struct Row {
    const T *places, *scores, *corners;
    T *to_places = nullptr, *to_scores = nullptr;
    int64_t boxes, classes;

    Row(const LossInput& in, int64_t row) : boxes(in.shapes[1][1]), classes(in.shapes[1][2]) {
      places = static_cast<const T*>(in.outputs[0]) + row * boxes * 4;
      scores = static_cast<const T*>(in.outputs[1]) + row * boxes * classes;
      corners = static_cast<const T*>(in.outputs[2]) + row * boxes * 4;
      if (in.gradients.empty()) return;
      to_places = static_cast<T*>(in.gradients[0]) + row * boxes * 4;
      to_scores = static_cast<T*>(in.gradients[1]) + row * boxes * classes;
    }
    std::vector<Corners> defaults() const {
      std::vector<Corners> all;
      for (const T* c = corners; c < corners + boxes * 4; c += 4) {
        all.push_back({static_cast<double>(c[0]), static_cast<double>(c[1]),
                       static_cast<double>(c[2]), static_cast<double>(c[3])});
      }
      return all;
    }
  };

  template <class T>
  LossSum of_row(const LossInput& in, int64_t number) const {
    Row<T> row(in, number);
    Truths truths = truths_of(in.labels, number, row.classes);
    std::vector<Corners> defaults = row.defaults();
    auto matches = match_boxes(defaults, truths.boxes, overlap_threshold);
    double sum = 0, matched = 0;
    for (int64_t p = 0; p < row.boxes; ++p) {
      auto box = static_cast<size_t>(p);
      if (matches[box].truth < 0) continue;
      auto truth = static_cast<size_t>(matches[box].truth);
      sum += place(row, p, encode_box(truths.boxes[truth], defaults[box], variances));
      sum += score(row, p, truths.classes[truth], row.to_scores);
      ++matched;
    }
    for (int64_t p : most_wrong(row, matches, matched)) sum += score(row, p, 0, row.to_scores);
    return {sum, matched};
  }

  // SmoothL1, weighted.
  template <class T>
  double place(const Row<T>& row, int64_t box, const std::array<double, 4>& wanted) const {
    const T* x = row.places + 4 * box;
    T* dx = row.to_places ? row.to_places + 4 * box : nullptr;
    T sum = 0, weight = location_weight;
    for (size_t i = 0; i < 4; ++i) {
      T d = x[i] - static_cast<T>(wanted[i]), size = std::abs(d);
      sum += weight * (size < 1 ? d * d / 2 : size - T(0.5));
      if (dx) dx[i] = weight * (size < 1 ? d : sign_of(d));
    }
    return static_cast<double>(sum);
  }

  // Cross-entropy. slopes: of the row's scores, or null.
  template <class T>
  static double score(const Row<T>& row, int64_t box, int64_t label, T* slopes) {
    int64_t classes = row.classes;
    const T* x = row.scores + box * classes;
    T most = *std::max_element(x, x + classes), sum = 0;
    for (int64_t c = 0; c < classes; ++c) sum += std::exp(x[c] - most);
    if (slopes) {
      T* dx = slopes + box * classes;
      for (int64_t c = 0; c < classes; ++c) dx[c] = std::exp(x[c] - most) / sum;
      dx[label] -= 1;
    }
    return static_cast<double>(std::log(sum) + most - x[label]);
  }

  template <class T>
  std::vector<int64_t> most_wrong(const Row<T>& row, const std::vector<BoxMatch>& matches,
                                  double matched) const {
    std::vector<std::pair<double, int64_t>> wrong;  // minus the loss, box
    for (int64_t p = 0; p < row.boxes; ++p) {
      const BoxMatch& match = matches[static_cast<size_t>(p)];
      if (match.truth >= 0 || match.overlap >= negative_overlap) continue;
      wrong.emplace_back(-score<T>(row, p, 0, nullptr), p);
    }
    auto count = std::min(wrong.size(), static_cast<size_t>(matched * negatives));
    std::partial_sort(wrong.begin(), wrong.begin() + static_cast<int64_t>(count), wrong.end());
    std::vector<int64_t> boxes;
    for (size_t i = 0; i < count; ++i) boxes.push_back(wrong[i].second);
    return boxes;
  }
};
FIRESTEEL_LOSS(MultiBox);

}  // namespace firesteel
