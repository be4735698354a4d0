// SPDX-License-Identifier: Apache-2.0
#include "train/replica.h"

#include "core/threads.h"

namespace firesteel {
namespace {
// More than there are buckets of rows (train/predictor.cc).
constexpr size_t kMostPlans = 48;
}  // namespace

Plan& Replica::plan(int64_t batch) {
  auto found = slots_.begin();
  auto fits = [&](const Slot& s) { return s.plan->batch() == batch && s.threads == threads(); };
  while (found != slots_.end() && !fits(*found)) ++found;
  if (found == slots_.end()) {
    slots_.push_front({compile(graph_, table_, batch, env_, packed_), threads()});
    if (slots_.size() > kMostPlans) slots_.pop_back();
  } else {
    slots_.splice(slots_.begin(), slots_, found);
  }
  Slot& slot = slots_.front();
  if (slot.plan->arena_bytes() > arena_.bytes()) {
    // The old one goes first, lest both are in memory; no plan is bound to it any more.
    arena_ = {};
    for (Slot& other : slots_) other.bound = nullptr;
    arena_ = AlignedBuffer(slot.plan->arena_bytes());
  }
  if (slot.bound != arena_.data()) {
    slot.plan->bind(arena_.data());
    slot.bound = arena_.data();
  }
  return *slot.plan;
}

}  // namespace firesteel
