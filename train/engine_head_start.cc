// SPDX-License-Identifier: Apache-2.0
// The first iteration of a group is computed while the tasks of the former one end and its own begin:
// what Spark needs for that is hidden behind it. Nothing of it leaves this worker, and nothing that is
// kept is written, before its group takes it over; otherwise it is dropped without a trace.
#include <algorithm>
#include <utility>

#include "train/engine.h"

namespace firesteel {

using Clock = std::chrono::steady_clock;

void Engine::begin_head_start(const Assignment& part, const Collective& peers) {
  auto own = std::make_unique<HeadStart>();
  own->step = next_step_;
  own->part = part;
  own->rank = peers.rank();
  own->size = peers.size();
  own->leaves = leaves_of(next_step_, part, peers.rank());
  own->began = Clock::now();
  own->sums = begin_sums(next_step_, peers.size());
  if (!own->sums) return;  // an iteration has failed, as the group will find
  own->thread = std::thread([this, own = own.get()] {
    LocalCollective nobody;  // peers are asked in a lockstep only, which has no head start
    try {
      own->computed = compute(own->step, own->leaves, nobody, *own->sums, own->halt);
    } catch (...) {
      own->error = std::current_exception();
    }
    own->ended = Clock::now();
  });
  head_start_ = std::move(own);
}

bool Engine::is_head_start(const Assignment& part, const Collective& peers) const {
  return head_start_ && head_start_->step == next_step_ && head_start_->part == part &&
         head_start_->rank == peers.rank() && head_start_->size == peers.size();
}

Engine::Computed Engine::take_head_start(Collective& peers, const std::atomic<bool>* stop) {
  auto start = Clock::now();
  head_start_->halt.peers = &peers;
  head_start_->halt.stop = stop;
  if (exchanges(peers.size())) exchange_->open(peers, in_background());
  head_start_->thread.join();
  auto own = std::exchange(head_start_, nullptr);
  if (own->error) std::rethrow_exception(own->error);
  own->computed.early =
      std::chrono::duration<double>(std::min(own->ended, start) - own->began).count();
  return own->computed;
}

void Engine::drop_head_start() {
  if (!head_start_) return;
  head_start_->halt.dropped = true;
  head_start_->thread.join();
  if (exchanges(head_start_->size)) exchange_->withdraw();
  head_start_ = nullptr;
}

}  // namespace firesteel
