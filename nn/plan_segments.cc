// SPDX-License-Identifier: Apache-2.0
// Segments of the graph that are computed again: their forward steps are repeated, into buffers of
// their own, before the first of their backward steps. What they read from outside is still there.
#include <algorithm>

#include "nn/plan_builder.h"

namespace firesteel {

int PlanBuilder::root(int buffer) const {
  while (is_view(buffer)) buffer = views_[static_cast<size_t>(buffer)].parent;
  return buffer;
}

void PlanBuilder::divide_into_segments() {
  positions_.resize(graph_.nodes().size());
  for (int n = 0; n < static_cast<int>(positions_.size()); ++n) {
    if (!used_[static_cast<size_t>(n)] || !is_head(n) || !graph_.node(n).layer) continue;
    positions_[static_cast<size_t>(n)] = order_.size();
    order_.push_back(n);
  }
  std::vector<size_t> begins = find_segments(segment_costs());
  segments_.assign(order_.size(), -1);
  for (size_t s = 0; s + 1 < begins.size(); ++s) {
    for (size_t p = begins[s]; p < begins[s + 1]; ++p) segments_[p] = static_cast<int>(s);
  }
  repeated_.assign(begins.size(), false);
}

SegmentCosts PlanBuilder::segment_costs() const {
  constexpr size_t kNever = static_cast<size_t>(-1);
  struct Use {
    size_t first_write = kNever, last_write = 0, last_read = 0;
  };
  std::vector<Use> uses(lifetimes_.size());
  for (const Step& step : plan_->steps_) {
    size_t at = position(step.of);
    for (int b : step.writes) {
      Use& use = uses[static_cast<size_t>(root(b))];
      use.first_write = std::min(use.first_write, at);
      use.last_write = std::max(use.last_write, at);
    }
    for (int b : step.reads) {
      Use& use = uses[static_cast<size_t>(root(b))];
      use.last_read = std::max(use.last_read, at);
    }
  }
  SegmentCosts costs;
  costs.inside.assign(order_.size(), 0);
  costs.cut.assign(order_.size(), true);
  std::vector<bool> kept = read_in_backward(order_);
  for (size_t b = 0; b < uses.size(); ++b) {
    const Use& use = uses[b];
    if (use.first_write == kNever) continue;  // an input
    if (use.last_read > use.last_write) {
      costs.values.push_back({use.last_write, use.last_read, lifetimes_[b].bytes});
    }
    if (kept[b]) costs.inside[use.last_write] += lifetimes_[b].bytes;
    // A join and what is written into it stay together.
    for (size_t p = use.first_write; p < use.last_write; ++p) costs.cut[p] = false;
  }
  return costs;
}

std::vector<bool> PlanBuilder::read_in_backward(const std::vector<int>& heads) const {
  std::vector<bool> read(lifetimes_.size(), false);
  for (int n : heads) {
    if (!trained_[static_cast<size_t>(n)]) continue;
    const Built& built = built_[static_cast<size_t>(n)];
    const Prepare& p = *built.prepare;
    const Plan::NodeRun& item = plan_->runs_[static_cast<size_t>(built.run)];
    auto mark = [&](int buffer) { read[static_cast<size_t>(root(buffer))] = true; };
    for (size_t i = 0; i < built.inputs.size(); ++i) {
      if (p.reads_input_ >> i & 1) mark(built.inputs[i]);
    }
    if (p.reads_output_) std::for_each(item.y.begin(), item.y.end(), mark);
    // What Layer::recompute needs is kept.
    if (!p.recomputes_) std::for_each(item.saved.begin(), item.saved.end(), mark);
  }
  return read;
}

std::vector<bool> PlanBuilder::steps_to_repeat(const std::vector<int>& heads) const {
  std::vector<bool> needed = read_in_backward(heads);
  int segment = segment_of(heads[0]);
  // What later segments read is still there.
  for (size_t s = 0; s < plan_->loss_at_; ++s) {
    const Step& step = plan_->steps_[s];
    if (segment_of(step.of) == segment) continue;
    for (int b : step.reads) needed[static_cast<size_t>(root(b))] = false;
  }
  std::vector<bool> repeat(plan_->loss_at_, false);
  for (size_t s = plan_->loss_at_; s-- > 0;) {
    const Step& step = plan_->steps_[s];
    if (segment_of(step.of) != segment) continue;
    auto is_needed = [&](int b) { return needed[static_cast<size_t>(root(b))]; };
    repeat[s] = std::any_of(step.writes.begin(), step.writes.end(), is_needed);
    if (!repeat[s]) continue;
    for (int b : step.reads) needed[static_cast<size_t>(root(b))] = true;
  }
  return repeat;
}

int PlanBuilder::new_copy(int buffer) {
  copies_.resize(lifetimes_.size(), -1);
  auto index = static_cast<size_t>(buffer);
  if (copies_[index] >= 0) return copies_[index];
  int copy = is_view(buffer) ? new_view(new_copy(views_[index].parent), views_[index].offset)
                             : new_buffer(lifetimes_[index].bytes);
  return copies_[index] = copy;
}

int PlanBuilder::latest(int buffer) const {
  auto index = static_cast<size_t>(buffer);
  return buffer < 0 || index >= copies_.size() || copies_[index] < 0 ? buffer : copies_[index];
}

// A node gets a run of its own for what is repeated; its backward belongs to it.
void PlanBuilder::repeat_run(int n) {
  Built& built = built_[static_cast<size_t>(n)];
  Plan::NodeRun item = plan_->runs_[static_cast<size_t>(built.run)];
  auto move = [&](std::vector<int>& buffers) {
    for (int& b : buffers) b = latest(b);
  };
  move(item.x), move(item.y), move(item.saved), move(built.inputs);
  item.sum = latest(item.sum);
  item.scratch = latest(item.scratch);
  built.run = static_cast<int>(plan_->runs_.size());
  plan_->runs_.push_back(std::move(item));
}

void PlanBuilder::repeat_step(size_t s) {
  Step step = plan_->steps_[s];
  node_ = step.of;
  if (step.kind == Step::Kind::forward) {
    const Built& built = built_[static_cast<size_t>(step.of)];
    step.node = built.run;
    if (built.prepare->recomputes_) {
      step.kind = Step::Kind::recompute;
      const auto& saved = plan_->runs_[static_cast<size_t>(built.run)].saved;
      step.reads.insert(step.reads.end(), saved.begin(), saved.end());
    }
  }
  for (int& b : step.reads) b = latest(b);
  for (int& b : step.writes) b = latest(b);
  size_t shares = in_place_.size();
  for (size_t i = 0; i < shares; ++i) {
    auto [at, from, to] = in_place_[i];
    if (at == s) may_share(plan_->steps_.size(), latest(from), latest(to));
  }
  push(std::move(step));
}

void PlanBuilder::recompute_segment(int segment) {
  auto index = static_cast<size_t>(segment);
  if (repeated_[index]) return;
  repeated_[index] = true;
  int reader = node_;
  std::vector<int> heads;
  for (int n : order_) {
    if (segment_of(n) == segment) heads.push_back(n);
  }
  std::vector<bool> repeat = steps_to_repeat(heads);
  for (size_t s = 0; s < repeat.size(); ++s) {
    if (!repeat[s]) continue;
    const Step& step = plan_->steps_[s];
    bool keeps = step.kind == Step::Kind::forward &&
                 built_[static_cast<size_t>(step.of)].prepare->recomputes_;
    std::vector<int> writes = step.writes;
    if (keeps) writes.resize(1);
    for (int b : writes) new_copy(b);
  }
  for (int n : heads) repeat_run(n);
  for (size_t s = 0; s < repeat.size(); ++s) {
    if (repeat[s]) repeat_step(s);
  }
  node_ = reader;
}

}  // namespace firesteel
