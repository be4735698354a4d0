// SPDX-License-Identifier: Apache-2.0
#include "sync/rendezvous.h"

namespace firesteel {

bool Rendezvous::deliver(int rank, Channel channel, Link link) {
  std::lock_guard lock(mutex_);
  if (!seen_.insert({rank, channel}).second) return false;
  arrivals_.push_back({rank, channel, std::move(link)});
  wake_.raise();
  return true;
}

void Rendezvous::supersede(uint64_t epoch) {
  std::lock_guard lock(mutex_);
  newer_epoch_ = std::max(newer_epoch_, epoch);
  wake_.raise();
}

void Rendezvous::note_refusal(int rank, const std::string& why) {
  std::lock_guard lock(mutex_);
  if (rank >= 0 && rank < identity_.size) refusals_[rank] = why;
}

std::vector<Rendezvous::Arrival> Rendezvous::take() {
  std::lock_guard lock(mutex_);
  wake_.lower();
  return std::exchange(arrivals_, {});
}

uint64_t Rendezvous::newer_epoch() const {
  std::lock_guard lock(mutex_);
  return newer_epoch_;
}

std::string Rendezvous::refusal_of(int rank) const {
  std::lock_guard lock(mutex_);
  auto found = refusals_.find(rank);
  return found == refusals_.end() ? "" : found->second;
}

}  // namespace firesteel
