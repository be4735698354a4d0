// SPDX-License-Identifier: Apache-2.0
// Probe: runs one layer inside a plan with a case's numbers and reads all gradients. Plans give
// gradients of parameters only, so in training each input is made by a layer whose weights are the
// input's numbers (its own input is one-hot): the gradient of these weights is that of the input.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/buffer.h"
#include "nn/plan.h"
#include "tests/golden/golden.h"

namespace firesteel::testing {

class Probe {
 public:
  Probe(const Golden& golden, bool reference, bool training);

  size_t outputs() const { return plan_->outputs(); }
  Shape output_shape(size_t i) const { return plan_->output_shape(i); }
  void forward();
  const float* output(size_t i) const { return static_cast<const float*>(plan_->output(i)); }
  void backward(const std::vector<Tensor>& output_gradients);
  std::vector<float> input_gradient(size_t input) const;
  std::vector<float> param_gradient(const std::string& name) const;
  // A state after a step of one micro-batch.
  std::vector<float> state_after(const std::string& name) const;

 private:
  struct Source {
    Shape shape;  // of the input it makes, batch included; where rows are steps: of those
    Shape one_hot;  // of its own input
    std::vector<float> data;  // of the input

    bool image() const { return shape.size() == 4; }
    // What the weights make: channels of an image, else the numbers of the last extent.
    int64_t channels() const { return image() ? shape[1] : shape.back(); }
    int64_t positions() const { return image() ? shape[2] * shape[3] : 1; }
  };
  Ref add_source(Graph& graph, const Tensor& input, int64_t rows);
  int64_t weight_index(const Source& source, int64_t element) const;
  const Param& param(const std::string& name) const;

  bool training_;
  std::vector<Source> sources_;
  ParamTable table_;
  std::vector<float> values_, gradients_;
  std::vector<int64_t> samples_;
  std::unique_ptr<PackedParams> packed_;
  std::unique_ptr<Plan> plan_;
  AlignedBuffer arena_;
};

}  // namespace firesteel::testing
