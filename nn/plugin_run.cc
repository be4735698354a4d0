// SPDX-License-Identifier: Apache-2.0
#include "nn/plugin_run.h"

#include <algorithm>

#include "core/rng.h"
#include "core/threads.h"
#include "nn/plugin_layer.h"

namespace firesteel {
namespace {

void run_parallel(int64_t count, int64_t grain, void (*body)(void*, int64_t, int64_t),
                  void* context) {
  parallel_for(count, grain, [&](int64_t begin, int64_t end) { body(context, begin, end); });
}

// As the layers here draw theirs (nn/layers/regularization/noise.h): a function of seed, step,
// sample, layer and place.
void draw_uniform(const firesteel_run* run, int64_t row, int64_t count, float* to) {
  const Run& r = *static_cast<const Run*>(run->host);
  const BatchContext& batch = r.batch();
  uint64_t key = mix(mix(batch.seed, r.layer_key()), static_cast<uint64_t>(batch.step));
  int64_t steps = r.samples() > 0 ? r.rows() / r.samples() : 1, draws = (count + 3) / 4;
  uint64_t sample =
      r.samples() > 0 ? static_cast<uint64_t>(batch.samples[static_cast<size_t>(row / steps)]) : 0;
  auto first = static_cast<uint64_t>(r.samples() > 0 ? row % steps * draws : 0);
  for (int64_t i = 0; i < draws; ++i) {
    Philox bits = philox(key, sample, first + static_cast<uint64_t>(i));
    for (int64_t e = 4 * i; e < std::min(count, 4 * i + 4); ++e) {
      to[e] = to_unit(bits[static_cast<size_t>(e - 4 * i)]);
    }
  }
}

int32_t element_type(DType dtype) { return dtype == DType::f64 ? FIRESTEEL_F64 : FIRESTEEL_F32; }

}  // namespace

PluginRun::PluginRun(const Prepare& p, size_t params)
    : x_(p.inputs()), param_(params), dx_(p.inputs()), dparam_(params) {
  for (size_t i = 0; i < p.inputs(); ++i) in_.push_back(plugin_shape(p.in(i)));
  for (size_t i = 0; i < p.outputs(); ++i) out_.push_back(plugin_shape(p.out(i)));
  y_.resize(out_.size());
  dy_.resize(out_.size());
  run_.size = sizeof run_;
  run_.dtype = element_type(p.env().dtype);
  run_.training = p.training();
  run_.inputs = static_cast<int32_t>(in_.size());
  run_.outputs = static_cast<int32_t>(out_.size());
  run_.params = static_cast<int32_t>(params);
  run_.in = in_.data();
  run_.out = out_.data();
  run_.x = x_.data();
  run_.y = y_.data();
  run_.dy = dy_.data();
  run_.dx = dx_.data();
  run_.param = param_.data();
  run_.dparam = dparam_.data();
  run_.parallel_for = run_parallel;
  run_.uniform = draw_uniform;
}

firesteel_prepare PluginRun::description(const Prepare& p) const {
  firesteel_prepare host{};
  host.size = sizeof host;
  host.dtype = element_type(p.env().dtype);
  host.training = p.training();
  host.inputs = run_.inputs;
  host.outputs = run_.outputs;
  host.in = in_.data();
  host.out = out_.data();
  return host;
}

void PluginRun::keep(const firesteel_prepare& answer) {
  reads_input_ = answer.reads_input;
  reads_output_ = answer.reads_output != 0;
  saves_ = answer.saved_bytes > 0;
}

void PluginRun::common(const Run& r) {
  for (size_t i = 0; i < param_.size(); ++i) param_[i] = r.param(i);
  run_.saved = saves_ ? r.saved() : nullptr;
  run_.scratch = r.scratch();
  run_.host = &r;
}

const firesteel_run& PluginRun::forward(const Run& r) {
  common(r);
  for (size_t i = 0; i < x_.size(); ++i) x_[i] = r.x(i);
  for (size_t i = 0; i < y_.size(); ++i) y_[i] = r.y(i);
  std::fill(dy_.begin(), dy_.end(), nullptr);
  std::fill(dx_.begin(), dx_.end(), nullptr);
  std::fill(dparam_.begin(), dparam_.end(), nullptr);
  return run_;
}

const firesteel_run& PluginRun::backward(const Run& r) {
  common(r);
  for (size_t i = 0; i < x_.size(); ++i) {
    x_[i] = reads_input_ >> i & 1 ? r.x(i) : nullptr;
    dx_[i] = r.dx(i);
  }
  for (size_t i = 0; i < y_.size(); ++i) {
    y_[i] = reads_output_ ? r.y(i) : nullptr;
    dy_[i] = r.dy(i);
  }
  for (size_t i = 0; i < dparam_.size(); ++i) dparam_[i] = r.dparam(i);
  return run_;
}

}  // namespace firesteel
