// SPDX-License-Identifier: Apache-2.0
#include "nn/models/examples.h"

namespace firesteel {
namespace {

template <class T>
void append(std::string* bytes, T value) {
  bytes->append(reinterpret_cast<const char*>(&value), sizeof value);
}

}  // namespace

Examples examples_of(const NamedModel& model, int64_t rows, uint64_t seed) {
  Graph graph = model.graph();
  Examples made{.x = {}, .y = {}, .x_shape = graph.node(graph.inputs()[0]).shape};
  require(!made.x_shape.empty(), model.kind(), ": the shape of its input is not known");
  std::vector<float> x(static_cast<size_t>(numel(made.x_shape)));
  std::vector<float> y(static_cast<size_t>(numel(model.label_shape())));
  Rng rng(seed);
  for (int64_t row = 0; row < rows; ++row) {
    model.sample(rng, x, y);
    made.x.append(reinterpret_cast<const char*>(x.data()), x.size() * sizeof(float));
    for (float label : y) {
      if (model.label_dtype() == DType::s32) {
        append(&made.y, static_cast<int32_t>(label));
      } else {
        append(&made.y, label);
      }
    }
  }
  return made;
}

}  // namespace firesteel
