// SPDX-License-Identifier: Apache-2.0
#include "train/replica.h"

namespace firesteel {
namespace {
constexpr size_t kMostPlans = 32;
constexpr size_t kAlign = 64;
}  // namespace

Plan& Replica::plan(int64_t batch) {
  auto found = slots_.begin();
  while (found != slots_.end() && found->plan->batch() != batch) ++found;
  if (found == slots_.end()) {
    slots_.push_front({compile(graph_, table_, batch, env_, packed_), nullptr});
    if (slots_.size() > kMostPlans) slots_.pop_back();
  } else {
    slots_.splice(slots_.begin(), slots_, found);
  }
  Slot& slot = slots_.front();
  if (slot.plan->arena_bytes() > arena_bytes_) {
    arena_bytes_ = slot.plan->arena_bytes();
    storage_ = std::make_unique_for_overwrite<std::byte[]>(arena_bytes_ + kAlign);
    auto address = reinterpret_cast<uintptr_t>(storage_.get());
    arena_ = storage_.get() + (kAlign - address % kAlign);
  }
  if (slot.bound != arena_) {
    slot.plan->bind(arena_);
    slot.bound = arena_;
  }
  return *slot.plan;
}

}  // namespace firesteel
