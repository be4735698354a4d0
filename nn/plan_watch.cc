// SPDX-License-Identifier: Apache-2.0
// What a plan tells its watch, and when.
#include "nn/plan_watch.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "nn/plan.h"

namespace firesteel {
namespace {

bool overlap(Slice a, Slice b) { return a.begin < b.end && b.begin < a.end; }

}  // namespace

void Plan::divide(std::span<const Slice> parts) {
  reads_.clear();
  writes_.clear();
  auto touches = [&](const Step& step, Slice part) {
    if (step.node < 0) return false;
    const auto& params = runs_[static_cast<size_t>(step.node)].params;
    return std::ranges::any_of(params, [&](Slice param) { return overlap(param, part); });
  };
  for (size_t p = 0; p < parts.size(); ++p) {
    Slice trainable{parts[p].begin, std::min(parts[p].end, trainable_)};
    for (size_t s = 0; s < loss_at_; ++s) {
      if (steps_[s].kind != Step::Kind::forward || !touches(steps_[s], trainable)) continue;
      reads_.push_back({s, p});
      break;
    }
    // What no layer writes is final from the start.
    size_t last = loss_at_ + 1;
    for (size_t s = steps_.size(); s-- > loss_at_ + 1;) {
      if (steps_[s].kind != Step::Kind::backward || !touches(steps_[s], parts[p])) continue;
      last = s;
      break;
    }
    writes_.push_back({last, p});
  }
  std::ranges::stable_sort(reads_, {}, &Event::step);
  std::ranges::stable_sort(writes_, {}, &Event::step);
  divided_ = true;
}

// By step: which part of the operations of forward, or of backward, it has.
std::vector<double> Plan::shares() const {
  double flops[2] = {};
  std::vector<double> shares(steps_.size(), 0.0);
  for (size_t s = 0; s < steps_.size(); ++s) {
    auto kind = steps_[s].kind;
    if (kind != Step::Kind::forward && kind != Step::Kind::backward) continue;
    shares[s] = runs_[static_cast<size_t>(steps_[s].node)].flops;
    flops[s > loss_at_] += shares[s];
  }
  for (size_t s = 0; s < steps_.size(); ++s) {
    double all = flops[s > loss_at_];
    shares[s] = all > 0 ? shares[s] / all : 0;
  }
  return shares;
}

std::vector<Plan::PartTimes> Plan::part_times(size_t parts) const {
  auto shares = this->shares();
  std::vector<double> before(shares.size() + 1, 0.0);
  for (size_t s = 0; s < shares.size(); ++s) before[s + 1] = before[s] + shares[s];
  std::vector<PartTimes> times(parts);
  for (const Event& event : reads_) times[event.part].read = before[event.step];
  for (const Event& event : writes_) {
    size_t after = std::min(event.step + 1, shares.size());
    times[event.part].final = before[after] - before[loss_at_ + 1];
  }
  return times;
}

void Plan::pace(double seconds) {
  paces_ = shares();
  for (size_t s = 0; s < paces_.size(); ++s) paces_[s] *= seconds * (s > loss_at_ ? 2.0 : 1.0) / 3;
}

void Plan::execute_watched(size_t begin, size_t end, void* grads, PlanWatch* watch) {
  using Clock = std::chrono::steady_clock;
  auto due = Clock::now();
  auto read = std::ranges::lower_bound(reads_, begin, {}, &Event::step);
  auto written = std::ranges::lower_bound(writes_, begin, {}, &Event::step);
  for (size_t s = begin; s < end; ++s) {
    auto before = Clock::now();
    if (watch) watch->step();
    for (; read != reads_.end() && read->step == s; ++read) {
      if (watch) watch->reads(read->part);
    }
    if (paces_.empty()) {
      execute(steps_[s], grads);
    } else {
      // Waiting for parameters delays what follows; sleeping too long once does not.
      due += Clock::now() - before;
      due += std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(paces_[s]));
      std::this_thread::sleep_until(due);
    }
    for (; written != writes_.end() && written->step == s; ++written) {
      if (watch) watch->wrote(written->part);
    }
  }
  // A model without layers that are trained has no step here.
  for (; begin > loss_at_ && written != writes_.end(); ++written) {
    if (watch) watch->wrote(written->part);
  }
}

}  // namespace firesteel
