// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "nn/plan_builder.h"

namespace firesteel {

int PlanBuilder::new_buffer(size_t bytes) {
  lifetimes_.push_back({bytes, 0, -1});
  views_.emplace_back();
  return static_cast<int>(lifetimes_.size()) - 1;
}

int PlanBuilder::new_view(int parent, size_t offset) {
  int view = new_buffer(0);
  views_.back() = {parent, offset};
  return view;
}

void PlanBuilder::push(Step step) {
  step.of = node_;
  plan_->steps_.push_back(std::move(step));
}

int PlanBuilder::add_reorder(int from, const Layout& from_layout, const Layout& to_layout) {
  int to = new_buffer(to_layout.bytes());
  Step step{Step::Kind::reorder, -1, {from}, {to}, make_reorder(env_, from_layout, to_layout), {}};
  push(std::move(step));
  return to;
}

void PlanBuilder::measure_lifetimes() {
  for (Lifetime& life : lifetimes_) life.first = 0, life.last = -1;
  auto touch = [&](int buffer, int at) {
    Lifetime& life = lifetimes_[static_cast<size_t>(root(buffer))];
    bool first = life.last < life.first;
    life.first = first ? at : std::min(life.first, at);
    life.last = first ? at : std::max(life.last, at);
  };
  for (int input : plan_->inputs_) {
    if (input >= 0) touch(input, 0);
  }
  // What the caller reads lives to the end.
  for (int gradient : plan_->input_gradients_) {
    if (gradient >= 0) touch(gradient, static_cast<int>(plan_->steps_.size()));
  }
  for (size_t s = 0; s < plan_->steps_.size(); ++s) {
    for (int b : plan_->steps_[s].reads) touch(b, static_cast<int>(s));
    for (int b : plan_->steps_[s].writes) touch(b, static_cast<int>(s));
  }
}

// Lets the result of a step take the buffer of its input where nobody reads the input later.
void PlanBuilder::merge_in_place() {
  for (auto& [s, from, to] : in_place_) {
    const Lifetime& source = lifetimes_[static_cast<size_t>(from)];
    const Lifetime& target = lifetimes_[static_cast<size_t>(to)];
    int at = static_cast<int>(s);
    const auto& writes = plan_->steps_[s].writes;
    bool written_here = std::find(writes.begin(), writes.end(), to) != writes.end();
    if (source.last != at || target.first != at || source.bytes != target.bytes || !written_here ||
        from == to || is_view(from) || is_view(to)) {
      continue;
    }
    rename(to, from);
    measure_lifetimes();
  }
}

void PlanBuilder::rename(int from, int to) {
  auto one = [&](int& buffer) {
    if (buffer == from) buffer = to;
  };
  auto in = [&](std::vector<int>& list) { std::replace(list.begin(), list.end(), from, to); };
  for (Step& step : plan_->steps_) in(step.reads), in(step.writes);
  for (Plan::NodeRun& item : plan_->runs_) {
    in(item.x), in(item.backward_x), in(item.y), in(item.dy), in(item.dx), in(item.saved);
    one(item.sum), one(item.dsum);
  }
  in(plan_->outputs_), in(plan_->output_gradients_);
  in(plan_->inputs_), in(plan_->input_gradients_);
  for (View& view : views_) one(view.parent);
  for (auto& merge : in_place_) one(merge.from), one(merge.to);
}

void PlanBuilder::place_buffers() {
  measure_lifetimes();
  merge_in_place();
  MemoryPlan memory = plan_memory(lifetimes_);
  plan_->offsets_ = std::move(memory.offsets);
  plan_->arena_bytes_ = memory.bytes;
  for (size_t b = 0; b < views_.size(); ++b) {
    size_t offset = 0, root = b;
    for (; is_view(static_cast<int>(root)); root = static_cast<size_t>(views_[root].parent)) {
      offset += views_[root].offset;
    }
    if (root != b) plan_->offsets_[b] = plan_->offsets_[root] + offset;
  }
}

}  // namespace firesteel
