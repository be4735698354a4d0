// SPDX-License-Identifier: Apache-2.0
#include "nn/plan_builder.h"

namespace firesteel {

PlanBuilder::PlanBuilder(std::shared_ptr<const Graph> graph, const ParamTable& table, int64_t batch,
                         const Env& env, PackedParams& packed, int64_t steps)
    : graph_(*graph), table_(table), env_(env), packed_(packed), plan_(new Plan) {
  plan_->graph_ = std::move(graph);
  plan_->env_ = env;
  plan_->batch_ = batch;
  plan_->trainable_ = table.trainable();
  padded_ = graph_.padded();
  shapes_ = graph_.infer(batch, steps);
  if (graph_.padding()) plan_->padding_steps_ = steps > 0 ? steps : graph_.most_steps();
}

std::unique_ptr<Plan> PlanBuilder::build() {
  int count = static_cast<int>(graph_.nodes().size());
  find_used_nodes();
  count_readers();
  for (int n = 0; n < count; ++n) {
    bool used = used_[static_cast<size_t>(n)];
    if (used && is_head(n)) add_forward(n);
    if (!used && !graph_.node(n).layer) plan_->inputs_.push_back(-1);
  }
  // Before there are steps that are no node's.
  bool segments = env_.training && env_.recompute == Recompute::segments;
  if (segments) divide_into_segments();
  add_outputs();
  plan_->loss_at_ = plan_->steps_.size();
  add_loss();
  if (env_.training) {
    for (int n = count; n-- > 0;) {
      auto index = static_cast<size_t>(n);
      if (!used_[index] || !graph_.node(n).layer || !trained_[index] || !is_head(n)) continue;
      if (int segment = segment_of(n); segment >= 0) recompute_segment(segment);
      add_backward(n);
    }
    for (int n : graph_.inputs()) {
      auto index = static_cast<size_t>(n);
      if (!env_.input_gradients) continue;
      plan_->input_gradients_.push_back(used_[index] ? gradient_of(values_[index][0]) : -1);
    }
  }
  find_gaps();
  place_buffers();
  return std::move(plan_);
}

void PlanBuilder::find_used_nodes() {
  size_t count = graph_.nodes().size();
  used_ = graph_.used();
  trained_.assign(count, false);
  // A value has a gradient when a trainable parameter lies before it.
  for (size_t n = 0; n < count; ++n) {
    const Layer* layer = graph_.nodes()[n].layer.get();
    if (!layer) trained_[n] = env_.input_gradients;
    if (!layer || !layer->trains()) continue;  // without a gradient its result is a constant
    for (const Param* p : table_.of_node(static_cast<int>(n))) {
      trained_[n] = trained_[n] || !p->spec.state;
    }
    for (Ref ref : graph_.nodes()[n].inputs) trained_[n] = trained_[n] || wants_gradient(ref);
  }
  fusions_ = find_fusions(graph_, shapes_, used_, env_);
  // A node passes on the gradient of what it adds on behalf of another.
  for (size_t n = 0; n < count; ++n) {
    const Fused& f = fusions_.fused[n];
    if (f.sum >= 0) trained_[n] = trained_[n] || wants_gradient(f.addend);
  }
  values_.resize(count);
  built_.resize(count);
}

void PlanBuilder::count_readers() {
  for (size_t n = 0; n < values_.size(); ++n) values_[n].resize(shapes_[n].size());
  for (size_t n = 0; n < values_.size(); ++n) {
    if (!used_[n] || !is_head(static_cast<int>(n))) continue;
    for (Ref ref : graph_.nodes()[n].inputs) ++value(ref).readers;
    if (fusions_.fused[n].sum >= 0) ++value(fusions_.fused[n].addend).readers;
  }
  for (Ref ref : graph_.outputs()) ++value(ref).readers;
}

PlanBuilder::Value& PlanBuilder::value(Ref ref) {
  int head = fusions_.head[static_cast<size_t>(ref.node)];
  return values_[static_cast<size_t>(head)][static_cast<size_t>(ref.port)];
}

std::unique_ptr<Plan> compile(std::shared_ptr<const Graph> graph, const ParamTable& table,
                              int64_t batch, const Env& env, PackedParams& packed, int64_t steps) {
  require(batch > 0, "batch: must be > 0, got ", batch);
  return PlanBuilder(std::move(graph), table, batch, env, packed, steps).build();
}

}  // namespace firesteel
