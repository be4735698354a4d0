// SPDX-License-Identifier: Apache-2.0
// A graph that a layer runs by itself, several times in a step: the body of a loop.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/buffer.h"
#include "nn/plan.h"

namespace firesteel {

namespace rules {
struct GraphDocument {
  static std::string text() { return "must be a graph"; }
  constexpr bool operator()(const std::string& json) const { return json.starts_with("{"); }
};
}  // namespace rules
// Of an attribute that is a graph's JSON document.
inline constexpr rules::GraphDocument graph_of_layers;

// The graph of a document, its inputs with these shapes of a row; where names the attribute. Throws
// AttrError, ShapeError.
Graph body_graph(const std::string& json, std::span<const Shape> inputs, const std::string& where);
// What a body must be: rows of it are independent, and it has so many inputs and outputs.
void check_body(const std::string& json, size_t inputs, size_t outputs, const std::string& where);
// The parameters of a body, as those of the layer that has it.
std::vector<ParamSpec> body_params(const std::string& json, const std::string& where);

class SubPlan {
 public:
  // In training with gradients of all inputs.
  SubPlan(Graph graph, int64_t batch, const Env& env);

  // The parameters, in the order of body_params, from run.param(first) on.
  void load(const Run& run, size_t first);
  void* input(size_t i) const { return plan_->input(i); }
  const void* output(size_t i) const { return plan_->output(i); }
  void* output_gradient(size_t i) const { return plan_->output_gradient(i); }
  const void* input_gradient(size_t i) const { return plan_->input_gradient(i); }
  const Shape& output_shape(size_t i) const { return plan_->output_shape(i); }
  void forward(const BatchContext& batch) { plan_->forward(batch); }
  // Makes the gradients of the parameters, run.dparam(first) and those after it, zero.
  void clear_gradients(const Run& run, size_t first) const;
  // Adds the gradients of the parameters to run.dparam(first) and those after it.
  void backward(const Run& run, size_t first);

 private:
  std::shared_ptr<const Graph> graph_;
  ParamTable table_;
  DType dtype_;
  AlignedBuffer values_, gradients_;
  std::unique_ptr<PackedParams> packed_;
  std::unique_ptr<Plan> plan_;
  AlignedBuffer arena_;
};

}  // namespace firesteel
