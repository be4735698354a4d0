// SPDX-License-Identifier: Apache-2.0
#include "tests/sync/relay.h"

#include <poll.h>
#include <sys/socket.h>

#include "tests/sync/impostor.h"

namespace firesteel::testing {

Relay::Relay(const Endpoint& to, Change change) : to_(to), change_(std::move(change)) {
  std::vector<SocketAddress> addresses;
  Lookup({"127.0.0.1", 0}, true).wait(Clock::now() + Millis(1000), &addresses).throw_if_failed();
  int error = 0;
  socket_ = listen_on(addresses.at(0), &error);
  endpoint_ = {"127.0.0.1", port_of(socket_)};
  thread_ = std::thread([this] { serve(); });
}

Relay::~Relay() {
  stopping_ = true;
  thread_.join();
  for (auto& thread : passing_) thread.join();
}

std::string Relay::heard() const {
  std::lock_guard lock(mutex_);
  return heard_;
}

void Relay::serve() {
  while (!stopping_) {
    pollfd waiting{socket_.get(), POLLIN, 0};
    if (::poll(&waiting, 1, 20) <= 0) continue;
    std::string who;
    int error = 0;
    ends_.push_back(accept_from(socket_, &who, &error));
    ends_.push_back(connect_to(to_));
    int near = ends_[ends_.size() - 2].get(), far = ends_.back().get();
    passing_.emplace_back([this, near, far] { pass(near, far); });
    passing_.emplace_back([this, near, far] { pass(far, near); });
  }
}

void Relay::pass(int from, int to) {
  char bytes[1 << 14];
  size_t passed = 0;
  while (!stopping_) {
    pollfd waiting{from, POLLIN, 0};
    if (::poll(&waiting, 1, 20) <= 0) continue;
    long got = receive_some(from, bytes, sizeof bytes);
    if (got < 0) break;
    auto now = std::span(bytes, static_cast<size_t>(got));
    {
      std::lock_guard lock(mutex_);
      heard_.append(now.data(), now.size());
      if (change_) change_(passed, now);
    }
    passed += now.size();
    while (!now.empty() && !stopping_) {
      long sent = send_some(to, now.data(), now.size());
      if (sent < 0) return;
      now = now.subspan(static_cast<size_t>(sent));
    }
  }
  ::shutdown(to, SHUT_WR);
}

}  // namespace firesteel::testing
