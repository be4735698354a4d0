// SPDX-License-Identifier: Apache-2.0
// What the sum of a loss is divided by: "mean" by all numbers, "sum" by the rows, so that the numbers
// of a row are added. No loss is a sum over the rows, whose size would change with that of the batch.
#pragma once

#include "nn/loss.h"

namespace firesteel {
namespace rules {

struct MeanOrSum {
  static std::string text() { return "must be mean or sum"; }
  constexpr bool operator()(const auto& value) const { return value == "mean" || value == "sum"; }
};

}  // namespace rules

inline constexpr rules::MeanOrSum mean_or_sum;

// Base: OutputLoss, or Loss for several outputs.
template <class Base>
class Reduced : public Base {
 public:
  std::string reduction = "mean";

  // shape: of an output, batch included.
  double normaliser(const Shape& shape) const {
    return static_cast<double>(reduction == "mean" ? numel(shape) : shape[0]);
  }
};
template <class Base>
inline constexpr auto kReduction =
    attr("reduction", &Reduced<Base>::reduction,
         "mean: over all numbers; sum: over those of a row, and the mean over rows", mean_or_sum);

// Labels that are a number for each of the output.
inline void require_as_many(const std::string& kind, const Shape& output, const Labels& labels) {
  require(numel(output) == numel(labels.row_shape), kind,
          ": labels must have the shape of the output ", output, ", got ", labels.row_shape);
}
// A weight for each of `count` things, or none.
inline void require_weights(const std::string& kind, const std::vector<float>& weights,
                            int64_t count) {
  require<AttrError>(weights.empty() || static_cast<int64_t>(weights.size()) == count, kind,
                     ".weight: must be ", count, " numbers, got ", weights.size());
}

}  // namespace firesteel
