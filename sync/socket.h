// SPDX-License-Identifier: Apache-2.0
// Thin owners of file descriptors and the few socket calls that the rest of sync/ needs.
// All sockets are non-blocking and closed on exec.
#pragma once

#include <sys/socket.h>

#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/result.h"
#include "sync/clock.h"

namespace firesteel {

class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd() { reset(); }

  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  void reset();

 private:
  int fd_ = -1;
};

// Makes poll() in another thread return.
class WakeUp {
 public:
  WakeUp();
  int fd() const { return fd_.get(); }
  void raise();
  void lower();

 private:
  Fd fd_;
};

// Where a worker listens. IPv6 addresses are written without brackets.
struct Endpoint {
  std::string host;
  int port = 0;
};
std::string to_string(const Endpoint& endpoint);  // "host:port", "[::1]:port"

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;
};

std::string errno_text(int error);

// Looks a host up in a thread of its own, since a name server can take longer than any deadline.
class Lookup {
 public:
  Lookup(const Endpoint& endpoint, bool to_bind);
  bool done() const;
  Result wait(Instant deadline, std::vector<SocketAddress>* addresses);

 private:
  struct Outcome {
    int error = 0;
    std::vector<SocketAddress> addresses;
  };
  Endpoint endpoint_;
  std::shared_future<Outcome> outcome_;
};

Fd listen_on(const SocketAddress& address, int* error);
int port_of(const Fd& socket);
Fd accept_from(const Fd& listener, std::string* who, int* error);
// Begins to connect; poll for writing and then ask connect_error.
Fd begin_connect(const SocketAddress& address, int* error);
int connect_error(const Fd& socket);
void tune(const Fd& socket);  // no Nagle delay

// Bytes moved; 0 when it would block; -1 when the connection is gone (reset, or ended on receive).
long send_some(int fd, const void* data, size_t bytes);
long receive_some(int fd, void* data, size_t bytes);

}  // namespace firesteel
