// SPDX-License-Identifier: Apache-2.0
#include "tests/golden/probe.h"

#include <algorithm>
#include <cstring>

#include "nn/models/zoo.h"

namespace firesteel::testing {

Probe::Probe(const Golden& golden, bool reference, bool training) : training_(training) {
  auto graph = std::make_shared<Graph>();
  std::vector<Ref> inputs;
  for (const Json& input : golden.doc.at("inputs")) add_source(*graph, tensor(input), inputs);
  Attrs attrs = attrs_from_json(golden.doc.at("attrs"), golden.kind);
  graph->output(graph->add("layer", layer(golden.kind, attrs), inputs));

  table_ = ParamTable(*graph);
  values_.resize(static_cast<size_t>(table_.total()));
  gradients_.resize(values_.size());
  for (const auto& [name, value] : golden.doc.at("params").items()) {
    Tensor given = tensor(value);
    const Param& p = param("layer." + name);
    require(p.spec.shape == given.shape, name, ": must have shape ", p.spec.shape, ", got ",
            given.shape);
    std::copy(given.data.begin(), given.data.end(), values_.begin() + p.offset);
  }
  for (size_t i = 0; training && i < sources_.size(); ++i) {
    float* weights = values_.data() + param(cat("source", i, ".weight")).offset;
    for (size_t e = 0; e < sources_[i].data.size(); ++e) {
      weights[weight_index(sources_[i], static_cast<int64_t>(e))] = sources_[i].data[e];
    }
  }

  Env env{.dtype = DType::f32, .reference = reference, .training = training};
  packed_ = std::make_unique<PackedParams>(env, values_.data());
  int64_t batch = sources_[0].shape[0];
  plan_ = compile(graph, table_, batch, env, *packed_);
  arena_ = AlignedBuffer(plan_->arena_bytes());
  plan_->bind(arena_.data());
  for (int64_t row = 0; row < batch; ++row) samples_.push_back(row);
}

// In training every number of the input has a weight of its own: a Linear or, for an image, a 1x1
// convolution whose input is zero but for a one where that weight is to appear.
void Probe::add_source(Graph& graph, const Tensor& input, std::vector<Ref>& inputs) {
  Source source{input.shape, input.shape, input.data};
  size_t i = sources_.size();
  int64_t to = source.channels(), from = numel(input.shape) / to;
  if (training_) source.one_hot[source.image() ? 1 : input.shape.size() - 1] = from;
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
  inputs.push_back(ref);
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

const float* Probe::forward() {
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
  return static_cast<const float*>(plan_->output());
}

void Probe::backward(const std::vector<float>& output_gradient) {
  std::copy(output_gradient.begin(), output_gradient.end(),
            static_cast<float*>(plan_->output_gradient()));
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
