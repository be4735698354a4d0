// SPDX-License-Identifier: Apache-2.0
// A model: graph and parameter values, and its file: safetensors with the parameters as tensors
// and the graph as JSON in the metadata under "firesteel".
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/safetensors.h"
#include "nn/graph.h"
#include "nn/params.h"

namespace firesteel {

struct Model {
  std::shared_ptr<const Graph> graph;
  ParamTable table;
  std::vector<float> values;  // the flat buffer

  // First values are a function of the seed.
  static Model make(Graph graph, uint64_t seed);
  // A copy whose only input has this shape (of one row). Throws ShapeError.
  Model with_input_shape(const Shape& shape) const;
  Shape input_shape() const;   // of one row; empty when not known yet
  Shape output_shape(size_t i = 0) const;  // of one row
};

// extra: further metadata, tensors to be stored beside the parameters (optimizer state).
std::string save_model(const Model& model, const TensorFile& extra = {});
// What that writes. Its tensors' bytes are the model's own.
TensorFile file_of(const Model& model, TensorFile extra);
// Throws FormatError: no Firesteel model, missing or superfluous tensors, wrong shapes.
Model load_model(std::string_view file, const std::string& where);

}  // namespace firesteel
