// SPDX-License-Identifier: Apache-2.0
// MultiLabelSoftMargin: -w (y log s(x) + (1 - y) log s(-x)) with s(x) = 1 / (1 + exp(-x)), the mean
// over classes and rows.
#include "nn/losses/elementwise.h"
#include "nn/losses/logistic.h"

namespace firesteel {

struct MultiLabelSoftMargin final : ElementwiseLossOf<MultiLabelSoftMargin> {
  std::vector<float> weight;

  static constexpr auto schema() {
    return Schema{
        "MultiLabelSoftMargin", "loss",
        "Of rows that have any number of classes: labels say of each class whether it "
        "is one of them, 1 or 0; the mean over classes and rows.",
        attr("weight", &MultiLabelSoftMargin::weight, "of each class; empty: 1", nonnegative)};
  }
  static LossSample sample() {
    return {.attrs = {{"weight", Reals{0.5, 2, 1}}},
            .outputs = {{3}},
            .labels = {3},
            .numbers = {1, 0, 0, 1, 1}};
  }

  void check(const Shape& output, const Labels& labels) const override {
    ElementwiseLossOf<MultiLabelSoftMargin>::check(output, labels);
    require_weights("MultiLabelSoftMargin", weight, numel(output));
  }

  template <class T>
  Term<T> term(T x, T y, int64_t column) const {
    T w = weight.empty() ? T(1) : static_cast<T>(weight[static_cast<size_t>(column)]);
    return {w * (y * softplus(-x) + (1 - y) * softplus(x)), w * (logistic(x) - y)};
  }
};
FIRESTEEL_LOSS(MultiLabelSoftMargin);

}  // namespace firesteel
