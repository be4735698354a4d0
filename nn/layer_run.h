// SPDX-License-Identifier: Apache-2.0
// One layer in a plan of its own, on random numbers: the same ones for every backend. For tests, and
// for the check of plugins.
#pragma once

#include <memory>
#include <vector>

#include "core/buffer.h"
#include "core/rng.h"
#include "nn/plan.h"

namespace firesteel {

class LayerRun {
 public:
  LayerRun(const std::string& kind, const Sample& sample, const Env& env);

  // Numbers of all inputs and trainable parameters, to be changed between runs.
  std::vector<double> variables;
  // loss = sum of (fixed random weight) x output; also fills `gradient` of all variables.
  double run();
  std::vector<double> gradient;
  std::vector<double> output;  // all outputs, one after the other

  const ParamTable& table() const { return table_; }
  Shapes output_shapes() const;

 private:
  void load();
  // Reads output i, and leaves its gradient; its part of the loss.
  double weigh_output(size_t i, Rng& rng);
  void read_gradient();

  Env env_;
  Shapes in_;
  std::shared_ptr<Graph> graph_;
  ParamTable table_;
  std::vector<double> values64_, gradients64_;
  std::vector<float> values32_, gradients32_;
  std::unique_ptr<PackedParams> packed_;
  std::unique_ptr<Plan> plan_;
  AlignedBuffer arena_;
  std::vector<int64_t> samples_;
};

// The largest distance between the gradient and central differences of the loss, in f64.
double gradient_error(LayerRun& run);

// The largest |a - b| / max(1, |b|).
double distance(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace firesteel
