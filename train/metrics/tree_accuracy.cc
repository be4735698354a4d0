// SPDX-License-Identifier: Apache-2.0
// TreeAccuracy: accuracy of the first node of a row, the root of a tree.
#include <algorithm>

#include "train/metric.h"

namespace firesteel {

struct TreeAccuracy final : MetricOf<TreeAccuracy> {
  static constexpr auto schema() {
    return Schema{"TreeAccuracy", "metric",
                  "Of outputs [nodes, classes] and a label for each node: share of rows whose "
                  "first node has the highest score for its class; of one number for each node, "
                  "whether it is above 0.5."};
  }
  std::string key() const override { return "tree_accuracy"; }

  void check(const Shape& output, const Labels& labels) const override {
    require(output.size() == 2, "TreeAccuracy: the model's output must be [nodes, classes], got ",
            output);
    require(numel(labels.row_shape) == output[0], "TreeAccuracy: labels must be one for each of ",
            output[0], " nodes, got shape ", labels.row_shape);
  }

  void measure(const Shape& shape, const float* output, const Labels& labels,
               std::span<double> sums) const override {
    int64_t nodes = shape[1], classes = shape[2];
    for (int64_t r = 0; r < shape[0]; ++r) {
      const float* x = output + r * nodes * classes;
      auto found =
          classes == 1 ? static_cast<int64_t>(x[0] > 0.5f) : std::max_element(x, x + classes) - x;
      sums[0] += found == labels.class_id(r * nodes, std::max<int64_t>(2, classes));
      sums[1] += 1;
    }
  }
};
FIRESTEEL_REGISTER(Metric, TreeAccuracy);

}  // namespace firesteel
