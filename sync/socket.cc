// SPDX-License-Identifier: Apache-2.0
#include "sync/socket.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <thread>

namespace firesteel {
namespace {

int lookup(const Endpoint& endpoint, int flags, std::vector<SocketAddress>* out) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  int error = getaddrinfo(endpoint.host.empty() ? nullptr : endpoint.host.c_str(),
                          std::to_string(endpoint.port).c_str(), &hints, &list);
  if (error != 0) return error;
  for (addrinfo* at = list; at; at = at->ai_next) {
    SocketAddress address;
    std::memcpy(&address.storage, at->ai_addr, at->ai_addrlen);
    address.length = at->ai_addrlen;
    out->push_back(address);
  }
  freeaddrinfo(list);
  return 0;
}

Fd new_socket(const SocketAddress& address, int* error) {
  Fd fd(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.open()) *error = errno;
  return fd;
}

const sockaddr* raw(const SocketAddress& address) {
  return reinterpret_cast<const sockaddr*>(&address.storage);
}

}  // namespace

void Fd::reset() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

WakeUp::WakeUp() : fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (!fd_.open()) fail<SystemError>("sync: cannot create an eventfd: ", errno_text(errno));
}

void WakeUp::raise() {
  uint64_t one = 1;
  [[maybe_unused]] auto written = ::write(fd_.get(), &one, sizeof one);  // full means raised
}

void WakeUp::lower() {
  uint64_t value;
  [[maybe_unused]] auto got = ::read(fd_.get(), &value, sizeof value);
}

std::string to_string(const Endpoint& endpoint) {
  bool v6 = endpoint.host.find(':') != std::string::npos;
  return v6 ? cat("[", endpoint.host, "]:", endpoint.port) : cat(endpoint.host, ":", endpoint.port);
}

std::string errno_text(int error) { return std::generic_category().message(error); }

Lookup::Lookup(const Endpoint& endpoint, bool to_bind) : endpoint_(endpoint) {
  Outcome numeric;
  numeric.error = lookup(endpoint, AI_NUMERICHOST | (to_bind ? AI_PASSIVE : 0), &numeric.addresses);
  std::promise<Outcome> promise;
  outcome_ = promise.get_future().share();
  if (numeric.error == 0) {
    promise.set_value(std::move(numeric));
    return;
  }
  std::thread([promise = std::move(promise), endpoint]() mutable {
    Outcome found;
    found.error = lookup(endpoint, AI_ADDRCONFIG, &found.addresses);
    promise.set_value(std::move(found));
  }).detach();
}

bool Lookup::done() const { return outcome_.wait_for(Millis(0)) == std::future_status::ready; }

Result Lookup::wait(Instant deadline, std::vector<SocketAddress>* addresses) {
  if (outcome_.wait_until(deadline) != std::future_status::ready) {
    return Result::failure(cat("no answer from the name service for '", endpoint_.host, "'"));
  }
  const Outcome& outcome = outcome_.get();
  if (outcome.error != 0) {
    return Result::failure(cat("cannot resolve '", endpoint_.host, "' (",
                               gai_strerror(outcome.error),
                               "). Use an address that every executor can resolve"));
  }
  *addresses = outcome.addresses;
  return Result::success();
}

Fd listen_on(const SocketAddress& address, int* error) {
  Fd fd = new_socket(address, error);
  if (!fd.open()) return fd;
  int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(fd.get(), raw(address), address.length) != 0 || ::listen(fd.get(), 1024) != 0) {
    *error = errno;
    return Fd();
  }
  return fd;
}

int port_of(const Fd& socket) {
  SocketAddress address;
  address.length = sizeof address.storage;
  ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address.storage), &address.length);
  if (address.storage.ss_family == AF_INET6) {
    return ntohs(reinterpret_cast<sockaddr_in6*>(&address.storage)->sin6_port);
  }
  return ntohs(reinterpret_cast<sockaddr_in*>(&address.storage)->sin_port);
}

Fd accept_from(const Fd& listener, std::string* who, int* error) {
  SocketAddress address;
  address.length = sizeof address.storage;
  auto* from = reinterpret_cast<sockaddr*>(&address.storage);
  Fd fd(::accept4(listener.get(), from, &address.length, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!fd.open()) {
    *error = errno;
    return fd;
  }
  char host[NI_MAXHOST] = "?", port[NI_MAXSERV] = "0";
  ::getnameinfo(from, address.length, host, sizeof host, port, sizeof port,
                NI_NUMERICHOST | NI_NUMERICSERV);
  *who = to_string({host, std::atoi(port)});
  tune(fd);
  return fd;
}

Fd begin_connect(const SocketAddress& address, int* error) {
  Fd fd = new_socket(address, error);
  if (!fd.open()) return fd;
  tune(fd);
  if (::connect(fd.get(), raw(address), address.length) != 0 && errno != EINPROGRESS) {
    *error = errno;
    return Fd();
  }
  return fd;
}

int connect_error(const Fd& socket) {
  int error = 0;
  socklen_t length = sizeof error;
  ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &length);
  return error;
}

// Buffer sizes are left to the kernel: its autotuning goes beyond what an application may ask for.
void tune(const Fd& socket) {
  int on = 1;
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

long send_some(int fd, const void* data, size_t bytes) {
  for (;;) {
    auto sent = ::send(fd, data, bytes, MSG_NOSIGNAL);
    if (sent >= 0) return sent;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return 0;
    if (errno != EINTR) return -1;
  }
}

long receive_some(int fd, void* data, size_t bytes) {
  for (;;) {
    auto got = ::recv(fd, data, bytes, 0);
    if (got > 0) return got;
    if (got == 0) return -1;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return 0;
    if (errno != EINTR) return -1;
  }
}

}  // namespace firesteel
