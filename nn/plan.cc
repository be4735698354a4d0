// SPDX-License-Identifier: Apache-2.0
#include "nn/plan.h"

#include <chrono>
#include <cstring>

namespace firesteel {
namespace {

template <class T>
void add_to(void* sum, const void* term, int64_t count) {
  auto* a = static_cast<T*>(sum);
  auto* b = static_cast<const T*>(term);
  for (int64_t i = 0; i < count; ++i) a[i] = static_cast<T>(a[i] + b[i]);
}

}  // namespace

void Plan::bind(void* arena) {
  arena_ = static_cast<std::byte*>(arena);
  for (NodeRun& node : runs_) {
    auto resolve = [&](const std::vector<int>& buffers, std::vector<void*>& pointers) {
      pointers.clear();
      for (int b : buffers) pointers.push_back(address(b));
    };
    resolve(node.x, node.run.x_);
    resolve(node.y, node.run.y_);
    resolve(node.dy, node.run.dy_);
    resolve(node.dx, node.run.dx_);
    resolve(node.saved, node.run.saved_);
    node.run.sum_ = address(node.sum);
    node.run.dsum_ = address(node.dsum);
    node.run.batch_ = &context_;
  }
}

void Plan::execute(const Step& step, void* grads) {
  auto at = [&](int buffer) { return address(buffer); };
  switch (step.kind) {
    case Step::Kind::forward: {
      NodeRun& node = runs_[static_cast<size_t>(step.node)];
      node.run.scratch_ = address(node.scratch);
      node.layer->forward(node.run);
      break;
    }
    case Step::Kind::backward: {
      NodeRun& node = runs_[static_cast<size_t>(step.node)];
      node.run.scratch_ = address(node.backward_scratch);
      for (size_t i = 0; i < node.params.size(); ++i) {
        node.run.dparams_[i] = static_cast<std::byte*>(grads) +
                               static_cast<size_t>(node.params[i].begin) * size_of(env_.dtype);
      }
      for (size_t i = 0; i < node.x.size(); ++i) node.run.x_[i] = at(node.backward_x[i]);
      node.layer->backward(node.run);
      for (size_t i = 0; i < node.x.size(); ++i) node.run.x_[i] = at(node.x[i]);
      break;
    }
    case Step::Kind::recompute: {
      NodeRun& node = runs_[static_cast<size_t>(step.node)];
      node.run.y_[0] = at(step.writes[0]);
      node.layer->recompute(node.run);
      node.run.y_[0] = at(node.y[0]);
      break;
    }
    case Step::Kind::reorder:
      step.reorder->run(at(step.reads[0]), at(step.writes[0]));
      break;
    case Step::Kind::copy:
      if (at(step.writes[0]) != at(step.reads[0])) {
        std::memcpy(at(step.writes[0]), at(step.reads[0]), step.layout.bytes());
      }
      break;
    case Step::Kind::add:
      by_value_dtype(step.layout.dtype(), [&]<class T>() {
        int64_t count = step.layout.elements();
        for (int term : step.reads) add_to<T>(at(step.writes[0]), at(term), count);
      });
      break;
    case Step::Kind::zero:
      std::memset(at(step.writes[0]), 0, step.layout.bytes());
      break;
    case Step::Kind::loss:
      break;
  }
}

void Plan::forward(const BatchContext& batch, PlanWatch* watch) {
  context_ = batch;
  execute(0, loss_at_, nullptr, watch);
}

void Plan::backward(void* grads, PlanWatch* watch) {
  size_t element = size_of(env_.dtype);
  for (const Slice& gap : gaps_) {
    std::memset(static_cast<std::byte*>(grads) + static_cast<size_t>(gap.begin) * element, 0,
                static_cast<size_t>(gap.size()) * element);
  }
  execute(loss_at_ + 1, steps_.size(), grads, watch);
}

void Plan::execute(size_t begin, size_t end, void* grads, PlanWatch* watch) {
  if (watch || !paces_.empty()) return execute_watched(begin, end, grads, watch);
  if (seconds_.empty()) {
    for (size_t i = begin; i < end; ++i) execute(steps_[i], grads);
    return;
  }
  using Clock = std::chrono::steady_clock;
  auto before = Clock::now();
  for (size_t i = begin; i < end; ++i) {
    execute(steps_[i], grads);
    auto now = Clock::now();
    seconds_[i] += std::chrono::duration<double>(now - before).count();
    before = now;
  }
}

void Plan::profile(bool on) { seconds_.assign(on ? steps_.size() : 0, 0.0); }

std::vector<Plan::NodeTime> Plan::times() const {
  std::vector<NodeTime> times(graph_->nodes().size());
  for (size_t s = 0; s < seconds_.size(); ++s) {
    const Step& step = steps_[s];
    if (step.of < 0) continue;
    NodeTime& node = times[static_cast<size_t>(step.of)];
    bool computes = step.kind == Step::Kind::forward || step.kind == Step::Kind::backward ||
                    step.kind == Step::Kind::recompute;
    (!computes ? node.moving : s > loss_at_ ? node.backward : node.forward) += seconds_[s];
    if (step.kind != Step::Kind::forward) continue;
    node.flops = runs_[static_cast<size_t>(step.node)].flops;
  }
  std::vector<NodeTime> used;
  for (size_t n = 0; n < times.size(); ++n) {
    const Node& node = graph_->nodes()[n];
    if (times[n].forward + times[n].backward + times[n].moving == 0) continue;
    times[n].name = node.name;
    times[n].kind = node.layer ? node.layer->kind() : "input";
    used.push_back(times[n]);
  }
  return used;
}

}  // namespace firesteel
