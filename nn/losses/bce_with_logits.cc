// SPDX-License-Identifier: Apache-2.0
// BCEWithLogits: -w (p y log s(x) + (1 - y) log(1 - s(x))) with s(x) = 1 / (1 + exp(-x)).
#include "nn/losses/elementwise.h"
#include "nn/losses/logistic.h"

namespace firesteel {

struct BCEWithLogits final : ElementwiseLossOf<BCEWithLogits> {
  std::vector<float> weight, pos_weight;

  static constexpr auto schema() {
    return Schema{
        "BCEWithLogits",
        "loss",
        "Binary cross-entropy of scores, which a Sigmoid would make probabilities, "
        "against labels from 0 to 1.",
        attr("weight", &BCEWithLogits::weight, "of each number of a row; empty: 1", nonnegative),
        attr("pos_weight", &BCEWithLogits::pos_weight,
             "of the label 1, for each number of a row; one number: for all; empty: 1",
             nonnegative),
        kReduction<OutputLoss>};
  }
  static LossSample sample() {
    return {.attrs = {{"weight", Reals{0.5, 2, 1}}, {"pos_weight", Reals{3, 1, 0.5}}},
            .outputs = {{3}},
            .labels = {3},
            .numbers = {1, 0, 0.3, 0}};
  }

  void check(const Shape& output, const Labels& labels) const override {
    ElementwiseLossOf<BCEWithLogits>::check(output, labels);
    require_weights("BCEWithLogits", weight, numel(output));
    require<AttrError>(
        pos_weight.size() <= 1 || static_cast<int64_t>(pos_weight.size()) == numel(output),
        "BCEWithLogits.pos_weight: must be one number or ", numel(output), ", got ",
        pos_weight.size());
  }

  template <class T>
  Term<T> term(T x, T y, int64_t column) const {
    T w = at<T>(weight, column), yes = 1 + (at<T>(pos_weight, column) - 1) * y;
    return {w * ((1 - y) * x + yes * softplus(-x)), w * (1 - y - yes * logistic(-x))};
  }

 private:
  template <class T>
  static T at(const std::vector<float>& factors, int64_t column) {
    if (factors.empty()) return 1;
    return static_cast<T>(factors[factors.size() == 1 ? 0 : static_cast<size_t>(column)]);
  }
};
FIRESTEEL_LOSS(BCEWithLogits);

}  // namespace firesteel
