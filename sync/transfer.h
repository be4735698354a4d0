// SPDX-License-Identifier: Apache-2.0
// Moves the bytes of one collective: all sends and receives progress together in the calling
// thread, so that messages larger than every socket buffer cannot deadlock.
#pragma once

#include <sys/uio.h>

#include <atomic>
#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "core/result.h"
#include "sync/link.h"
#include "sync/monitor.h"

namespace firesteel {

// Bytes for one peer, handed to the kernel piece by piece without a copy.
class Source {
 public:
  virtual ~Source() = default;
  virtual int next(std::span<iovec> pieces) = 0;  // number of pieces filled in; 0 = all is sent
  virtual void sent(size_t bytes) = 0;
};

// Bytes from one peer.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual bool done() const = 0;
  // Where the next bytes go; empty while there is no room for them.
  virtual std::span<std::byte> room() = 0;
  virtual Result received(size_t bytes) = 0;
};

// One peer in one collective; either direction may be missing.
struct Port {
  int rank = 0;
  Link* link = nullptr;
  Source* source = nullptr;
  Sink* sink = nullptr;
  bool away = false;  // the peer is on another machine
};

struct TransferStats {
  std::atomic<int64_t> bytes_sent{0};
  std::atomic<int64_t> bytes_sent_away{0};
  std::atomic<int64_t> bytes_received{0};
  std::atomic<int64_t> wait_nanoseconds{0};
};

class Transfer {
 public:
  Transfer(Monitor& monitor, TransferStats& stats, Instant deadline)
      : monitor_(monitor), stats_(stats), deadline_(deadline) {}

  // Until every source and sink is done. on_progress runs whenever something has arrived.
  Result run(std::span<Port> ports, const std::function<Result()>& on_progress = {});
  // Whom run() was still waiting for when it failed.
  std::vector<int> missing(std::span<const Port> ports) const;
  bool overdue() const { return overdue_; }  // it failed because the deadline passed

 private:
  Result push(Port& port);
  Result pull(Port& port);
  Result wait(std::span<const Port> ports);

  Monitor& monitor_;
  TransferStats& stats_;
  Instant deadline_;
  bool moved_ = false;
  bool overdue_ = false;
};

}  // namespace firesteel
