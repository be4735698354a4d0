// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "nn/plan_builder.h"

namespace firesteel {

int PlanBuilder::gradient_of(Value& v) {
  if (v.gradients.empty()) {
    v.gradients.push_back(new_buffer(v.layout.bytes()));
    push({Step::Kind::zero, -1, {}, {v.gradients[0]}, {}, v.layout});
  }
  if (v.gradients.size() > 1) {
    std::vector<int> others(v.gradients.begin() + 1, v.gradients.end());
    push({Step::Kind::add, -1, others, {v.gradients[0]}, {}, v.layout});
  }
  return v.gradients[0];
}

void PlanBuilder::contribute(Ref ref, int gradient, const Layout& layout) {
  Value& v = value(ref);
  v.gradients.push_back(layout == v.layout ? gradient : add_reorder(gradient, layout, v.layout));
}

void PlanBuilder::add_backward(int n) {
  const Node& node = graph_.node(n);
  Built& built = built_[static_cast<size_t>(n)];
  Prepare& p = *built.prepare;
  node_ = n;
  std::vector<int> dy, dx;
  for (Value& v : values_[static_cast<size_t>(n)]) dy.push_back(gradient_of(v));
  Step step{Step::Kind::backward, built.run, dy, {}, {}, {}};
  std::vector<int> x = built.inputs;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    if (p.reads_input_ >> i & 1) {
      x[i] = backward_input(n, i);
      step.reads.push_back(x[i]);
    }
    int to = -1;
    if (built.placed[i] && wants_gradient(node.inputs[i])) {
      to = new_view(dy[0], views_[static_cast<size_t>(built.inputs[i])].offset);
    } else if (wants_gradient(node.inputs[i])) {
      to = new_buffer(p.wanted_[i].bytes());
    }
    dx.push_back(to);
    if (to >= 0) step.writes.push_back(to);
  }
  Plan::NodeRun& item = plan_->runs_[static_cast<size_t>(built.run)];
  if (p.reads_output_) step.reads.insert(step.reads.end(), item.y.begin(), item.y.end());
  step.reads.insert(step.reads.end(), item.saved.begin(), item.saved.end());
  if (p.scratch_ > 0) {
    // Forward's scratch need not live until here: backward gets a buffer of its own.
    item.backward_scratch = new_buffer(p.scratch_);
    step.writes.push_back(item.backward_scratch);
  }
  item.backward_x = std::move(x);
  item.dy = dy;
  item.dx = dx;
  if (fused(n).sum >= 0) add_sum_gradient(n, step);
  if (p.gradient_in_place_ && dx[0] >= 0) may_share(plan_->steps_.size(), dy[0], dx[0]);
  push(std::move(step));
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    if (dx[i] >= 0) contribute(node.inputs[i], dx[i], p.wanted_[i]);
  }
  if (int sum = plan_->runs_[static_cast<size_t>(built.run)].dsum; sum >= 0) {
    contribute(fused(n).addend, sum, p.results_[0]);
  }
}

int PlanBuilder::backward_input(int n, size_t i) {
  int kept = built_[static_cast<size_t>(n)].inputs[i];
  Ref ref = graph_.node(n).inputs[i];
  int head = fusions_.head[static_cast<size_t>(ref.node)];
  Built& maker = built_[static_cast<size_t>(head)];
  // What lies within a join is kept with it; what is added would have to live too, and so would what
  // a segment drops.
  bool may = env_.recompute != Recompute::none && maker.prepare && maker.prepare->recomputes_ &&
             fused(head).sum < 0 && trained_[static_cast<size_t>(head)] &&
             kept == value(ref).buffer && !is_view(kept) && segment_of(head) < 0;
  if (!may) return kept;
  if (maker.recomputed < 0) {
    maker.recomputed = new_buffer(value(ref).layout.bytes());
    const Plan::NodeRun& run = plan_->runs_[static_cast<size_t>(maker.run)];
    Step step{Step::Kind::recompute, maker.run, run.x, {maker.recomputed}, {}, {}};
    step.reads.insert(step.reads.end(), run.saved.begin(), run.saved.end());
    int reader = std::exchange(node_, head);
    push(std::move(step));
    node_ = reader;
  }
  return maker.recomputed;
}

// What is added gets the output's gradient, behind the ReLU.
void PlanBuilder::add_sum_gradient(int n, Step& step) {
  if (!wants_gradient(fused(n).addend)) return;
  const Prepare& p = *built_[static_cast<size_t>(n)].prepare;
  Plan::NodeRun& item = plan_->runs_[static_cast<size_t>(step.node)];
  item.dsum = new_buffer(p.results_[0].bytes());
  step.writes.push_back(item.dsum);
  if (p.sum_in_place_) may_share(plan_->steps_.size(), item.dy[0], item.dsum);
}

void PlanBuilder::find_gaps() {
  int64_t written = 0;
  for (const Param& p : table_.params()) {
    auto n = static_cast<size_t>(p.node);
    if (!used_[n] || !trained_[n]) continue;
    if (p.offset > written) plan_->gaps_.push_back({written, p.offset});
    written = p.offset + p.size;
  }
  if (table_.total() > written) plan_->gaps_.push_back({written, table_.total()});
}

}  // namespace firesteel
