// SPDX-License-Identifier: Apache-2.0
#include "nn/layer_run.h"

#include <algorithm>
#include <cmath>

#include "nn/sample_inputs.h"

namespace firesteel {
namespace {

template <class T>
void copy_to(void* to, const double* from, int64_t count) {
  for (int64_t i = 0; i < count; ++i) static_cast<T*>(to)[i] = static_cast<T>(from[i]);
}

}  // namespace

LayerRun::LayerRun(const std::string& kind, const Sample& sample, const Env& env)
    : env_(env), in_(sample.in), graph_(std::make_shared<Graph>()) {
  std::vector<Ref> inputs;
  Rng rng(7);
  int64_t rows = batch_of(in_);
  for (size_t i = 0; i < in_.size(); ++i) {
    inputs.push_back(add_input(*graph_, cat("x", i), in_[i], rows));
  }
  variables = sample_inputs(sample, rng);
  std::shared_ptr<const Layer> tested = layer(kind, sample.attrs);
  graph_->add("layer", tested, inputs);
  int outputs = static_cast<int>(tested->infer(in_).size());
  for (int port = 0; port < outputs; ++port) graph_->output(graph_->value("layer", port));
  table_ = ParamTable(*graph_);
  values64_.assign(static_cast<size_t>(table_.total()), 0);
  for (const Param& p : table_.params()) {
    for (int64_t e = 0; e < p.size; ++e) {
      // Positive, so that it also serves as a variance.
      double value = 0.5 + rng.unit();
      if (!p.spec.state) variables.push_back(value);
      values64_[static_cast<size_t>(p.offset + e)] = value;
    }
  }
  gradients64_.resize(values64_.size());
  values32_.resize(values64_.size());
  gradients32_.resize(values64_.size());
  bool wide = env.dtype == DType::f64;
  packed_ = std::make_unique<PackedParams>(
      env_, wide ? static_cast<void*>(values64_.data()) : values32_.data());
  load();
  plan_ = compile(graph_, table_, rows, env_, *packed_);
  arena_ = AlignedBuffer(plan_->arena_bytes());
  plan_->bind(arena_.data());
  for (int64_t row = 0; row < rows; ++row) samples_.push_back(100 + row);
}

// Parameters from `variables` into the flat buffer.
void LayerRun::load() {
  size_t at = 0;
  for (const Shape& shape : in_) at += static_cast<size_t>(numel(shape));
  for (const Param& p : table_.params()) {
    if (p.spec.state) continue;
    for (int64_t e = 0; e < p.size; ++e) {
      values64_[static_cast<size_t>(p.offset + e)] = variables[at++];
    }
  }
  std::copy(values64_.begin(), values64_.end(), values32_.begin());
}

double LayerRun::run() {
  load();
  Crew crew(1);
  packed_->refresh(crew);
  size_t at = 0;
  for (size_t i = 0; i < in_.size(); ++i) {
    by_dtype(env_.dtype,
             [&]<class T>() { copy_to<T>(plan_->input(i), variables.data() + at, numel(in_[i])); });
    at += static_cast<size_t>(numel(in_[i]));
  }
  plan_->forward({.seed = 3, .step = 5, .samples = samples_});
  output.clear();
  Rng rng(11);
  double loss = 0;
  for (size_t i = 0; i < plan_->outputs(); ++i) loss += weigh_output(i, rng);
  if (!env_.training) return loss;
  bool wide = env_.dtype == DType::f64;
  plan_->backward(wide ? static_cast<void*>(gradients64_.data()) : gradients32_.data());
  read_gradient();
  return loss;
}

double LayerRun::weigh_output(size_t i, Rng& rng) {
  int64_t count = numel(plan_->output_shape(i));
  std::vector<double> weights;
  double loss = 0;
  by_dtype(env_.dtype, [&]<class T>() {
    auto* numbers = static_cast<const T*>(plan_->output(i));
    for (int64_t e = 0; e < count; ++e) {
      output.push_back(static_cast<double>(numbers[e]));
      weights.push_back(rng.normal());
      loss += weights.back() * output.back();
    }
    if (env_.training) copy_to<T>(plan_->output_gradient(i), weights.data(), count);
  });
  return loss;
}

Shapes LayerRun::output_shapes() const {
  Shapes shapes;
  for (size_t i = 0; i < plan_->outputs(); ++i) shapes.push_back(plan_->output_shape(i));
  return shapes;
}

void LayerRun::read_gradient() {
  bool wide = env_.dtype == DType::f64;
  gradient.clear();
  for (size_t i = 0; i < in_.size() && env_.input_gradients; ++i) {
    for (int64_t e = 0; e < numel(in_[i]); ++e) {
      gradient.push_back(wide ? static_cast<const double*>(plan_->input_gradient(i))[e]
                              : static_cast<const float*>(plan_->input_gradient(i))[e]);
    }
  }
  for (const Param& p : table_.params()) {
    for (int64_t e = 0; e < p.size && !p.spec.state; ++e) {
      auto at = static_cast<size_t>(p.offset + e);
      gradient.push_back(wide ? gradients64_[at] : gradients32_[at]);
    }
  }
}

double gradient_error(LayerRun& run) {
  constexpr double kStep = 1e-5;
  run.run();
  std::vector<double> claimed = run.gradient, measured;
  for (double& variable : run.variables) {
    double at = variable;
    variable = at + kStep;
    double above = run.run();
    variable = at - kStep;
    double below = run.run();
    variable = at;
    measured.push_back((above - below) / (2 * kStep));
  }
  return distance(claimed, measured);
}

double distance(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size()) return INFINITY;
  double most = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    double d = std::abs(a[i] - b[i]) / std::max(1.0, std::abs(b[i]));
    if (!(d <= most)) most = d;  // also when d is not a number
  }
  return most;
}

}  // namespace firesteel
