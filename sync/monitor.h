// SPDX-License-Identifier: Apache-2.0
// Watches the peers of a mesh from a thread of its own: sends heartbeats, notices silence and
// closed connections, and spreads the first bad news to everybody. The first verdict is final.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/result.h"
#include "sync/control_link.h"

namespace firesteel {

struct MonitorOptions {
  int rank = 0;
  std::vector<Endpoint> peers;     // of all workers, by rank
  Clock::duration peer_deadline;   // of silence
  Clock::duration first_deadline;  // before the first heartbeat: a peer may still be forming
};

// "worker 2 (10.0.0.6:40123)"
std::string worker_name(int rank, const std::vector<Endpoint>& peers);

class Monitor {
 public:
  Monitor(MonitorOptions options, std::vector<ControlLink> links);  // links by rank; own closed
  ~Monitor();

  bool failed() const { return failed_.load(std::memory_order_acquire); }
  Result verdict() const;
  int wake_fd() const { return failure_.fd(); }  // readable once failed

  // Makes `failure` the verdict unless there is one, and tells the peers.
  void fail(const Result& failure);
  // The data connection to `rank` broke. Waits a moment for what the control connections know of
  // the cause, since the peer may only be passing on the failure of a third one.
  Result explain_loss(int rank);
  // What came from `rank` is not what it has sealed.
  Result distrust(int rank);

  // Number of the current collective, told to the peers with each heartbeat.
  void begin(uint64_t sequence) { sequence_ = sequence; }
  uint64_t sequence_of(int rank) const { return peers_[static_cast<size_t>(rank)].sequence; }

  void stop();  // says goodbye, or the verdict, and ends the thread

 private:
  struct Peer {
    ControlLink link;
    Clock::duration silence{};
    bool heard = false;
    std::atomic<bool> left{false};
    std::atomic<uint64_t> sequence{0};
  };

  void watch();
  bool hear_from(int rank);
  void hear(int rank, const ControlMessage& message);
  void count_silence(int rank, Clock::duration watched);
  void settle(const std::string& reason, int suspect, int reporter);
  void suspect(int rank, const std::string& reason) { settle(reason, rank, options_.rank); }
  void spread();
  void flush_all(Clock::duration patience);
  std::string name(int rank) const { return worker_name(rank, options_.peers); }

  MonitorOptions options_;
  Clock::duration interval_;
  std::vector<Peer> peers_;
  std::atomic<uint64_t> sequence_{0};
  std::atomic<bool> failed_{false};
  std::atomic<bool> stopping_{false};

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Result> verdict_;
  std::string reason_;  // the verdict as its reporter put it
  int reporter_ = -1;

  WakeUp failure_;  // raised once, wakes the data call
  WakeUp wake_;     // wakes the thread
  bool spread_ = false;
  std::thread thread_;
};

}  // namespace firesteel
