// SPDX-License-Identifier: Apache-2.0
// Loss: any loss of one output.
#include "core/json.h"
#include "nn/graph.h"
#include "train/metric.h"

namespace firesteel {

struct LossMetric final : MetricOf<LossMetric> {
  std::string loss = "CrossEntropy";

  static constexpr auto schema() {
    return Schema{"Loss", "metric", "A loss besides that of the fit.",
                  attr("loss", &LossMetric::loss,
                       "its kind, alone, as KIND:name=value,... or as a JSON document")};
  }
  std::string key() const override { return snake_case(made()->kind()); }

  void check() const override {
    require<AttrError>(made()->outputs() == 1, "Loss.loss: must be a loss of one output, got '",
                       loss, "'");
  }
  void check(const Shape& output, const Labels& labels) const override {
    made()->check_outputs({&output, 1}, labels);
  }

  void measure(const Shape& shape, const float* output, const Labels& labels,
               std::span<double> sums) const override {
    const void* values = output;
    LossSum sum = made()->run_outputs({DType::f32, {&shape, 1}, {&values, 1}, labels});
    sums[0] += sum.sum;
    sums[1] += sum.normaliser;
  }

 private:
  std::unique_ptr<Loss> made() const {
    return make_from_json(kind_document(loss, "Loss.loss"), Registry<Loss>::instance(),
                          "Loss.loss");
  }
};
FIRESTEEL_REGISTER(Metric, LossMetric);

}  // namespace firesteel
