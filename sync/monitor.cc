// SPDX-License-Identifier: Apache-2.0
#include "sync/monitor.h"

#include <poll.h>

namespace firesteel {
namespace {

constexpr Millis kInterval{100};
constexpr Millis kExplain{300};  // for the cause of a broken data connection to arrive
constexpr Millis kGoodbye{200};

constexpr const char* kRemedy = "Form a new mesh without it";

}  // namespace

std::string worker_name(int rank, const std::vector<Endpoint>& peers) {
  if (rank < 0 || rank >= static_cast<int>(peers.size())) return cat("worker ", rank);
  return cat("worker ", rank, " (", to_string(peers[static_cast<size_t>(rank)]), ")");
}

Monitor::Monitor(MonitorOptions options, std::vector<ControlLink> links)
    : options_(std::move(options)),
      interval_(std::min<Clock::duration>(kInterval, options_.peer_deadline / 5)),
      peers_(links.size()),
      reporter_(options_.rank) {
  for (size_t i = 0; i < links.size(); ++i) peers_[i].link = std::move(links[i]);
  if (peers_.size() > 1) thread_ = std::thread([this] { watch(); });
}

Monitor::~Monitor() { stop(); }

Result Monitor::verdict() const {
  std::lock_guard lock(mutex_);
  return verdict_ ? *verdict_ : Result::success();
}

void Monitor::settle(const std::string& reason, int suspect, int reporter) {
  std::lock_guard lock(mutex_);
  if (verdict_) return;
  reason_ = reason;
  reporter_ = reporter;
  bool own = reporter == options_.rank;
  verdict_ = Result::failure(own ? reason : cat(name(reporter), " reports: ", reason), suspect);
  failed_.store(true, std::memory_order_release);
  failure_.raise();
  wake_.raise();
  changed_.notify_all();
}

void Monitor::fail(const Result& failure) {
  settle(failure.message(), failure.suspect(), options_.rank);
}

Result Monitor::explain_loss(int rank) {
  const Peer& peer = peers_[static_cast<size_t>(rank)];
  {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kExplain, [&] { return verdict_ || peer.left; });
  }
  if (peer.left) {
    suspect(rank, cat(name(rank),
                      " left the mesh while it was still needed. Its task ended early, "
                      "or the workers disagree on the number of steps"));
  } else {
    suspect(rank, cat(name(rank),
                      " closed its data connection: its process has died, or something "
                      "between us cuts connections. ",
                      kRemedy));
  }
  return verdict();
}

Result Monitor::distrust(int rank) {
  suspect(rank,
          cat("what came from ", name(rank),
              " is not what it has encrypted: somebody between us changes it, or its memory is "
              "broken. ",
              kRemedy));
  return verdict();
}

void Monitor::stop() {
  if (!thread_.joinable()) return;
  stopping_ = true;
  wake_.raise();
  thread_.join();
  spread();
  for (Peer& peer : peers_) {
    if (peer.link.open() && !failed()) peer.link.queue({.type = ControlType::bye});
  }
  flush_all(kGoodbye);
  for (Peer& peer : peers_) peer.link.close();
}

void Monitor::watch() {
  std::vector<pollfd> polls;
  Instant before = Clock::now();
  Instant next_beat = before;
  while (!stopping_) {
    if (Clock::now() >= next_beat) {
      ControlHeader beat{.sequence = sequence_};
      for (Peer& peer : peers_) {
        if (peer.link.open() && !peer.link.has_output()) peer.link.queue(beat);
      }
      next_beat = Clock::now() + interval_;
    }
    spread();
    polls.assign(1, {wake_.fd(), POLLIN, 0});
    for (Peer& peer : peers_) {
      if (peer.link.open()) peer.link.flush();  // a broken one shows when reading
      short writing = peer.link.has_output() ? POLLOUT : 0;
      polls.push_back({peer.link.fd(), static_cast<short>(POLLIN | writing), 0});
    }
    ::poll(polls.data(), polls.size(), poll_timeout(next_beat));
    wake_.lower();
    // Time in which this thread did not run (a paused or overloaded machine) is no evidence of a
    // peer's silence, so one round counts for two intervals at most.
    Instant now = Clock::now();
    auto watched = std::min<Clock::duration>(now - before, 2 * interval_);
    before = now;
    for (size_t i = 0; i < peers_.size(); ++i) {
      int rank = static_cast<int>(i);
      bool heard = polls[i + 1].revents && hear_from(rank);
      if (peers_[i].link.open() && !heard) count_silence(rank, watched);
    }
  }
}

bool Monitor::hear_from(int rank) {
  Peer& peer = peers_[static_cast<size_t>(rank)];
  std::vector<ControlMessage> messages;
  bool alive = peer.link.receive(&messages);
  for (const ControlMessage& message : messages) hear(rank, message);
  if (!alive) {
    peer.link.close();
    if (!peer.left) {
      suspect(rank, cat(name(rank),
                        " closed its heartbeat connection without goodbye: its process "
                        "has died. ",
                        kRemedy));
    }
  }
  return !messages.empty();
}

void Monitor::hear(int rank, const ControlMessage& message) {
  Peer& peer = peers_[static_cast<size_t>(rank)];
  peer.heard = true;
  peer.silence = {};
  int size = static_cast<int>(peers_.size());
  switch (message.header.type) {
    case ControlType::heartbeat:
      peer.sequence = message.header.sequence;
      break;
    case ControlType::abort: {
      int reporter = static_cast<int>(message.header.reporter);
      bool known = reporter >= 0 && reporter < size && reporter != options_.rank;
      settle(message.reason, std::min(message.header.suspect, size - 1), known ? reporter : rank);
      break;
    }
    case ControlType::bye: {
      std::lock_guard lock(mutex_);
      peer.left = true;
      changed_.notify_all();
      break;
    }
  }
}

void Monitor::count_silence(int rank, Clock::duration watched) {
  Peer& peer = peers_[static_cast<size_t>(rank)];
  if (peer.left) return;
  peer.silence += watched;
  auto deadline = peer.heard ? options_.peer_deadline : options_.first_deadline;
  if (peer.silence <= deadline) return;
  suspect(rank,
          cat(name(rank), " has been silent for ", in_words(peer.silence), " (deadline ",
              in_words(deadline), "): its process is frozen or the network is cut. ", kRemedy));
}

// Passes the verdict on, once. Also a verdict heard from another worker: that one may die before
// it has told everybody.
void Monitor::spread() {
  if (spread_ || !failed()) return;
  spread_ = true;
  std::lock_guard lock(mutex_);
  for (size_t rank = 0; rank < peers_.size(); ++rank) {
    if (!peers_[rank].link.open() || static_cast<int>(rank) == reporter_) continue;
    peers_[rank].link.queue({.type = ControlType::abort,
                             .suspect = verdict_->suspect(),
                             .reporter = static_cast<uint32_t>(reporter_)},
                            reason_);
  }
}

void Monitor::flush_all(Clock::duration patience) {
  Instant deadline = Clock::now() + patience;
  for (Peer& peer : peers_) {
    while (peer.link.open() && peer.link.flush() && peer.link.has_output()) {
      pollfd writing{peer.link.fd(), POLLOUT, 0};
      if (::poll(&writing, 1, poll_timeout(deadline)) <= 0) break;
    }
  }
}

}  // namespace firesteel
