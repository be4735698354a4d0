// SPDX-License-Identifier: Apache-2.0
#include "tests/golden/probe.h"

#include <algorithm>
#include <cstring>

#include "nn/sample_inputs.h"

namespace firesteel::testing {

Probe::Probe(const Golden& golden, bool reference, bool training) : training_(training) {
  auto graph = std::make_shared<Graph>();
  std::vector<Tensor> given = tensors(golden.doc.at("inputs"));
  Shapes shapes;
  for (const Tensor& input : given) shapes.push_back(input.shape);
  int64_t batch = batch_of(shapes);
  std::vector<Ref> inputs;
  for (const Tensor& input : given) inputs.push_back(add_source(*graph, input, batch));
  auto tested = layer(golden.kind, attrs_from_json(golden.doc.at("attrs"), golden.kind));
  graph->add("layer", tested, inputs);
  int outputs = static_cast<int>(tested->infer(shapes).size());
  for (int port = 0; port < outputs; ++port) graph->output(graph->value("layer", port));

  table_ = ParamTable(*graph);
  values_.resize(static_cast<size_t>(table_.total()));
  gradients_.resize(values_.size());
  for (const auto& [name, value] : golden.doc.at("params").items()) {
    Tensor first = tensor(value);
    const Param& p = param("layer." + name);
    require(p.spec.shape == first.shape, name, ": must have shape ", p.spec.shape, ", got ",
            first.shape);
    std::copy(first.data.begin(), first.data.end(), values_.begin() + p.offset);
  }
  for (size_t i = 0; training && i < sources_.size(); ++i) {
    float* weights = values_.data() + param(cat("source", i, ".weight")).offset;
    for (size_t e = 0; e < sources_[i].data.size(); ++e) {
      weights[weight_index(sources_[i], static_cast<int64_t>(e))] = sources_[i].data[e];
    }
  }

  Env env{.dtype = DType::f32, .reference = reference, .training = training};
  packed_ = std::make_unique<PackedParams>(env, values_.data());
  plan_ = compile(graph, table_, batch, env, *packed_);
  arena_ = AlignedBuffer(plan_->arena_bytes());
  plan_->bind(arena_.data());
  for (int64_t row = 0; row < batch; ++row) samples_.push_back(row);
}

// In training every number of the input has a weight of its own: a Linear or, for an image, a 1x1
// convolution whose input is zero but for a one where that weight is to appear.
Ref Probe::add_source(Graph& graph, const Tensor& input, int64_t rows) {
  Shape shape = input.shape;
  bool steps = shape[0] > rows;
  if (steps) shape[0] /= rows, shape.insert(shape.begin(), rows);
  Source source{shape, shape, input.data};
  size_t i = sources_.size();
  int64_t to = source.channels(), from = numel(shape) / to;
  if (training_) source.one_hot[source.image() ? 1 : shape.size() - 1] = from;
  Ref ref = graph.input(cat("input", i), without_batch(source.one_hot));
  if (training_) {
    auto kind =
        source.image()
            ? layer("Conv2d", {{"in_channels", from},
                               {"out_channels", to},
                               {"kernel_size", Dims{1}},
                               {"bias", false}})
            : layer("Linear", {{"in_features", from}, {"out_features", to}, {"bias", false}});
    ref = graph.add(cat("source", i), kind, {ref});
  }
  sources_.push_back(std::move(source));
  return steps ? graph.add(cat("rows", i), layer("StepsToRows"), {ref}) : ref;
}

// Of element [n, c, position]: weight [c, n * positions + position].
int64_t Probe::weight_index(const Source& source, int64_t element) const {
  int64_t channels = source.channels(), positions = source.positions();
  int64_t position = element % positions, c = element / positions % channels,
          n = element / positions / channels;
  return (c * (numel(source.shape) / channels)) + n * positions + position;
}

const Param& Probe::param(const std::string& name) const {
  for (const Param& p : table_.params()) {
    if (p.name == name) return p;
  }
  fail("no parameter ", name);
}

void Probe::forward() {
  for (size_t i = 0; i < sources_.size(); ++i) {
    const Source& source = sources_[i];
    auto* to = static_cast<float*>(plan_->input(i));
    if (!training_) {
      std::copy(source.data.begin(), source.data.end(), to);
      continue;
    }
    int64_t positions = source.positions(), channels = numel(source.shape) / source.channels();
    std::fill_n(to, numel(source.one_hot), 0.f);
    for (int64_t channel = 0; channel < channels; ++channel) {
      int64_t n = channel / positions, position = channel % positions;
      to[(n * channels + channel) * positions + position] = 1;
    }
  }
  plan_->forward({.seed = 1, .step = 0, .samples = samples_});
}

void Probe::backward(const std::vector<Tensor>& output_gradients) {
  for (size_t i = 0; i < output_gradients.size(); ++i) {
    const std::vector<float>& gradient = output_gradients[i].data;
    std::copy(gradient.begin(), gradient.end(), static_cast<float*>(plan_->output_gradient(i)));
  }
  plan_->backward(gradients_.data());
}

std::vector<float> Probe::input_gradient(size_t input) const {
  const Source& source = sources_[input];
  const float* gradient = gradients_.data() + param(cat("source", input, ".weight")).offset;
  std::vector<float> out;
  for (int64_t e = 0; e < numel(source.shape); ++e) {
    out.push_back(gradient[weight_index(source, e)]);
  }
  return out;
}

std::vector<float> Probe::param_gradient(const std::string& name) const {
  const Param& p = param("layer." + name);
  return {gradients_.begin() + p.offset, gradients_.begin() + p.offset + p.size};
}

std::vector<float> Probe::state_after(const std::string& name) const {
  const Param& p = param("layer." + name);
  std::vector<float> out;
  for (int64_t i = p.offset; i < p.offset + p.size; ++i) {
    auto at = static_cast<size_t>(i);
    float statistic = gradients_[at] / static_cast<float>(sources_[0].shape[0]);
    out.push_back((1 - p.spec.momentum) * values_[at] + p.spec.momentum * statistic);
  }
  return out;
}

}  // namespace firesteel::testing
