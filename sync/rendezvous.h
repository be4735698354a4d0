// SPDX-License-Identifier: Apache-2.0
// Where the listener leaves authenticated connections for a mesh that is being formed.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sync/handshake.h"
#include "sync/link.h"

namespace firesteel {

class Rendezvous {
 public:
  struct Arrival {
    int rank;
    Channel channel;
    Link link;
  };

  explicit Rendezvous(Identity identity) : identity_(std::move(identity)) {}
  const Identity& identity() const { return identity_; }
  int wake_fd() const { return wake_.fd(); }

  // The listener's side.
  bool deliver(int rank, Channel channel, Link link);  // false: there is one already
  void supersede(uint64_t epoch);
  void note_refusal(int rank, const std::string& why);

  // The mesh's side.
  std::vector<Arrival> take();
  uint64_t newer_epoch() const;  // 0: none
  std::string refusal_of(int rank) const;

 private:
  const Identity identity_;
  mutable std::mutex mutex_;
  std::vector<Arrival> arrivals_;
  std::set<std::pair<int, Channel>> seen_;
  std::map<int, std::string> refusals_;
  uint64_t newer_epoch_ = 0;
  WakeUp wake_;
};

}  // namespace firesteel
