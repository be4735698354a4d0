// SPDX-License-Identifier: Apache-2.0
#include "sync/transfer.h"

#include <poll.h>

#include <algorithm>

namespace firesteel {
namespace {

constexpr int kPieces = 64;
constexpr size_t kTurn = 1 << 20;  // bytes per peer before the next one has its turn

}  // namespace

Result Transfer::run(std::span<Port> ports, const std::function<Result()>& on_progress) {
  for (;;) {
    if (monitor_.failed()) return monitor_.verdict();
    moved_ = false;
    bool open = false;
    for (Port& port : ports) {
      if (port.source) {
        if (Result sent = push(port); !sent.ok()) return sent;
      }
      if (port.sink) {
        if (Result got = pull(port); !got.ok()) return got;
      }
      open |= port.source || port.sink;
    }
    if (on_progress) {
      if (Result result = on_progress(); !result.ok()) return result;
    }
    if (!open) return Result::success();
    if (moved_) continue;
    if (Result waited = wait(ports); !waited.ok()) return waited;
  }
}

std::vector<int> Transfer::missing(std::span<const Port> ports) const {
  std::vector<int> ranks;
  for (const Port& port : ports) {
    if (port.sink || port.source) ranks.push_back(port.rank);
  }
  return ranks;
}

Result Transfer::push(Port& port) {
  iovec pieces[kPieces];
  for (size_t turn = 0; turn < kTurn;) {
    int filled = port.source->next(pieces);
    if (filled == 0) {
      if (!port.link->flush()) return monitor_.explain_loss(port.rank);
      if (!port.link->has_output()) port.source = nullptr;
      return Result::success();
    }
    long sent = port.link->send(std::span(pieces, static_cast<size_t>(filled)));
    if (sent < 0) return monitor_.explain_loss(port.rank);
    if (sent == 0) return Result::success();
    port.source->sent(static_cast<size_t>(sent));
    stats_.bytes_sent.fetch_add(sent, std::memory_order_relaxed);
    if (port.away) stats_.bytes_sent_away.fetch_add(sent, std::memory_order_relaxed);
    turn += static_cast<size_t>(sent);
    moved_ = true;
  }
  return Result::success();
}

Result Transfer::pull(Port& port) {
  for (size_t turn = 0; turn < kTurn;) {
    if (port.sink->done()) {
      port.sink = nullptr;
      return Result::success();
    }
    auto room = port.sink->room();
    if (room.empty()) return Result::success();
    long got = port.link->receive(room.data(), room.size());
    if (got < 0 && port.link->forged()) return monitor_.distrust(port.rank);
    if (got < 0) return monitor_.explain_loss(port.rank);
    if (got == 0) return Result::success();
    stats_.bytes_received.fetch_add(got, std::memory_order_relaxed);
    if (Result taken = port.sink->received(static_cast<size_t>(got)); !taken.ok()) return taken;
    turn += static_cast<size_t>(got);
    moved_ = true;
  }
  return Result::success();
}

Result Transfer::wait(std::span<const Port> ports) {
  std::vector<pollfd> polls{{monitor_.wake_fd(), POLLIN, 0}};
  for (const Port& port : ports) {
    bool reading = port.sink && !port.sink->room().empty();
    short events = static_cast<short>((reading ? POLLIN : 0) | (port.source ? POLLOUT : 0));
    if (events) polls.push_back({port.link->fd(), events, 0});
  }
  Instant start = Clock::now();
  Instant now = start;
  int ready = 0;
  // Spinning first was measured and is slower: the workers of one host take each other's cores.
  while (ready == 0 && now < deadline_) {
    ready = ::poll(polls.data(), polls.size(), poll_timeout(deadline_, now));
    now = Clock::now();
  }
  stats_.wait_nanoseconds.fetch_add((now - start).count(), std::memory_order_relaxed);
  overdue_ = ready == 0;
  return overdue_ ? Result::failure("the deadline has passed") : Result::success();
}

}  // namespace firesteel
