// SPDX-License-Identifier: Apache-2.0
// Losses of class ids: at each position of a row the output has a number for every class, along one
// extent, and the labels have one id.
#pragma once

#include <algorithm>

#include "nn/losses/reduction.h"
#include "nn/run.h"

namespace firesteel {

// The numbers of all classes at one position.
template <class T>
struct Scores {
  T* at = nullptr;
  int64_t classes = 0, stride = 1;

  T& operator[](int64_t c) const { return at[c * stride]; }
};

// An output's extent of classes, and what is before and behind it.
struct ClassExtent {
  int64_t outer = 1, classes = 1, inner = 1;

  ClassExtent(const Shape& shape, size_t at) : classes(shape[at]) {
    for (size_t d = 0; d < shape.size(); ++d) {
      if (d != at) (d < at ? outer : inner) *= shape[d];
    }
  }
};

class ClassLoss : public OutputLoss {
 public:
  int64_t dim = -1;
  std::vector<float> weight;
  int64_t ignore_index = -100;
  std::string reduction = "mean";

  void check(const Shape& output, const Labels& labels) const override {
    Shape whole = with_batch(1, output);
    size_t at = extent_of(dim, whole);
    require(at > 0 && at < whole.size(), kind(), ": the model's output must have an extent ", dim,
            " of classes, got shape ", output);
    int64_t positions = numel(output) / whole[at], ids = numel(labels.row_shape);
    require(ids == positions, kind(), ": labels must be ",
            positions == 1 ? "one class id per row" : cat(positions, " class ids per row"),
            ", got shape ", labels.row_shape);
    require_weights(kind(), weight, whole[at]);
  }

 protected:
  template <class T>
  T weight_of(int64_t c) const {
    return weight.empty() ? T(1) : static_cast<T>(weight[static_cast<size_t>(c)]);
  }
};

// Derived::position(scores, id, slopes) is the loss at one position; slopes.at is null where they are
// not wanted. share(id) is what the position counts in a mean. begin(), where classes lie together, may
// write to what receives the slopes.
template <class Derived>
struct ClassLossOf : DescribedBy<Derived, ClassLoss> {
  LossSum run(DType dtype, const Shape& shape, const void* output, const Labels& labels,
              void* gradient) const override {
    ClassExtent extent(shape, extent_of(this->dim, shape));
    LossSum total;
    by_dtype(dtype, [&]<class T>() {
      total = sum(extent, static_cast<const T*>(output), labels, static_cast<T*>(gradient));
    });
    if (this->reduction == "sum") total.normaliser = static_cast<double>(shape[0]);
    if (this->reduction == "full") {
      total.normaliser = static_cast<double>(extent.outer * extent.inner);
    }
    return total;
  }

  double share(int64_t) const { return 1; }
  template <class T>
  void begin(int64_t /*positions*/, int64_t /*classes*/, const T*, T*) const {}

 private:
  friend Derived;
  ClassLossOf() = default;

  template <class T>
  LossSum sum(const ClassExtent& e, const T* x, const Labels& labels, T* dx) const {
    const auto& self = static_cast<const Derived&>(*this);
    if (dx && e.inner == 1) self.begin(e.outer, e.classes, x, dx);
    LossSum total;
    for (int64_t i = 0; i < e.outer * e.inner; ++i) {
      int64_t at = i / e.inner * e.classes * e.inner + i % e.inner;
      Scores<T> slopes{dx ? dx + at : nullptr, e.classes, e.inner};
      if (labels.number(i) == static_cast<double>(this->ignore_index)) {
        for (int64_t c = 0; dx && c < e.classes; ++c) slopes[c] = 0;
        continue;
      }
      int64_t id = labels.class_id(i, e.classes);
      Scores<const T> scores{x + at, e.classes, e.inner};
      total.sum += static_cast<double>(self.position(scores, id, slopes));
      total.normaliser += self.share(id);
    }
    return total;
  }
};

namespace rules {
struct MeanSumOrFull {
  static std::string text() { return "must be mean, sum or full"; }
  constexpr bool operator()(const auto& value) const {
    return value == "mean" || value == "sum" || value == "full";
  }
};
}  // namespace rules

// Attributes of those that list them.
inline constexpr auto kClassDim =
    attr("dim", &ClassLoss::dim, "extent of the classes: 1 for images, -1 for steps", not_batch);
inline constexpr auto kClassWeight =
    attr("weight", &ClassLoss::weight, "of each class; empty: 1", nonnegative);
inline constexpr auto kIgnoreIndex =
    attr("ignore_index", &ClassLoss::ignore_index, "a label that does not count");
inline constexpr auto kClassReduction = attr(
    "reduction", &ClassLoss::reduction,
    "mean: over the weights of all labels that count; sum: over a row, and the mean over rows; "
    "full: over all labels, counted or not",
    rules::MeanSumOrFull{});

}  // namespace firesteel
