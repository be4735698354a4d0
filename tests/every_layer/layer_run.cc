// SPDX-License-Identifier: Apache-2.0
#include "tests/every_layer/layer_run.h"

#include <algorithm>
#include <cmath>

#include "core/rng.h"
#include "nn/models/zoo.h"

namespace firesteel::testing {
namespace {

// Away from the kinks, where a central difference is not the gradient.
double random_input(Rng& rng, const Sample& sample) {
  const auto& kinks = sample.kinks;
  while (true) {
    if (sample.ids_below > 0) return static_cast<double>(rng.next() % sample.ids_below);
    double value = rng.normal();
    bool near = std::any_of(kinks.begin(), kinks.end(),
                            [&](double kink) { return std::abs(value - kink) < 0.05; });
    if (!near) return value;
  }
}

template <class T>
void copy_to(void* to, const double* from, int64_t count) {
  for (int64_t i = 0; i < count; ++i) static_cast<T*>(to)[i] = static_cast<T>(from[i]);
}

}  // namespace

LayerRun::LayerRun(const std::string& kind, const Sample& sample, const Env& env)
    : env_(env), in_(sample.in), graph_(std::make_shared<Graph>()) {
  std::vector<Ref> inputs;
  Rng rng(7);
  for (size_t i = 0; i < in_.size(); ++i) {
    inputs.push_back(graph_->input(cat("x", i), without_batch(in_[i])));
    for (int64_t e = 0; e < numel(in_[i]); ++e) {
      variables.push_back(random_input(rng, sample));
    }
  }
  graph_->output(graph_->add("layer", layer(kind, sample.attrs), inputs));
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
  plan_ = compile(graph_, table_, in_[0][0], env_, *packed_);
  arena_ = AlignedBuffer(plan_->arena_bytes());
  plan_->bind(arena_.data());
  for (int64_t row = 0; row < in_[0][0]; ++row) samples_.push_back(100 + row);
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
  bool wide = env_.dtype == DType::f64;
  size_t at = 0;
  for (size_t i = 0; i < in_.size(); ++i) {
    by_dtype(env_.dtype,
             [&]<class T>() { copy_to<T>(plan_->input(i), variables.data() + at, numel(in_[i])); });
    at += static_cast<size_t>(numel(in_[i]));
  }
  plan_->forward({.seed = 3, .step = 5, .samples = samples_});
  auto count = static_cast<size_t>(numel(plan_->output_shape()));
  output.resize(count);
  std::vector<double> weights(count);
  Rng rng(11);
  double loss = 0;
  for (size_t i = 0; i < count; ++i) {
    output[i] = wide ? static_cast<const double*>(plan_->output())[i]
                     : static_cast<const float*>(plan_->output())[i];
    weights[i] = rng.normal();
    loss += weights[i] * output[i];
  }
  if (!env_.training) return loss;
  by_dtype(env_.dtype, [&]<class T>() {
    copy_to<T>(plan_->output_gradient(), weights.data(), static_cast<int64_t>(count));
  });
  plan_->backward(wide ? static_cast<void*>(gradients64_.data()) : gradients32_.data());
  read_gradient();
  return loss;
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

double distance(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.size() != b.size()) return INFINITY;
  double most = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    double d = std::abs(a[i] - b[i]) / std::max(1.0, std::abs(b[i]));
    if (!(d <= most)) most = d;  // also when d is not a number
  }
  return most;
}

}  // namespace firesteel::testing
