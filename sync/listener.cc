// SPDX-License-Identifier: Apache-2.0
#include "sync/listener.h"

#include <poll.h>

#include <cerrno>
#include <cstdio>

namespace firesteel {
namespace {

constexpr int kLogLinesPerSecond = 5;

}  // namespace

Listener::Listener(ListenerOptions options) : options_(std::move(options)) {
  if (!options_.log) {
    options_.log = [](const std::string& line) { std::fprintf(stderr, "%s\n", line.c_str()); };
  }
}

Listener::~Listener() { close(); }

Result Listener::open(const std::string& bind_host, int port, int port_retries) {
  if (socket_.open()) return Result::failure("Listener: it is open already");
  if (port < 0 || port > 65535 || port_retries < 0) {
    return Result::failure(cat("Listener: port must be in 0..65535 and port_retries >= 0, got ",
                               port, " and ", port_retries));
  }
  int last = port == 0 ? 0 : std::min(65535, port + port_retries);
  int error = 0;
  for (int at = port; at <= last; ++at) {
    std::vector<SocketAddress> addresses;
    Lookup lookup({bind_host, at}, true);
    Result found = lookup.wait(Clock::now() + Millis(10'000), &addresses);
    if (!found.ok()) return found.because("Listener");
    for (const SocketAddress& address : addresses) {
      socket_ = listen_on(address, &error);
      if (!socket_.open()) continue;
      port_ = port_of(socket_);
      stopping_ = false;
      thread_ = std::thread([this] { serve(); });
      return Result::success();
    }
  }
  return Result::failure(cat("Listener: no usable port in ", port, "..", last, " on '", bind_host,
                             "' (", errno_text(error),
                             "). Give another first port, more port retries, or port 0"));
}

void Listener::close() {
  if (!thread_.joinable()) return;
  stopping_ = true;
  wake_.raise();
  thread_.join();
  pending_.clear();
  socket_.reset();
}

std::shared_ptr<Rendezvous> Listener::expect(const Identity& identity) {
  auto rendezvous = std::make_shared<Rendezvous>(identity);
  std::lock_guard lock(mutex_);
  expected_.push_back(rendezvous);
  wake_.raise();
  return rendezvous;
}

void Listener::forget(const std::shared_ptr<Rendezvous>& rendezvous) {
  std::lock_guard lock(mutex_);
  std::erase(expected_, rendezvous);
}

void Listener::serve() {
  std::vector<pollfd> polls;
  while (!stopping_) {
    Instant now = Clock::now();
    bool may_accept = now >= accept_again_;
    Instant deadline = now + Millis(may_accept ? 60'000 : 50);
    polls.assign({{wake_.fd(), POLLIN, 0}, {may_accept ? socket_.get() : -1, POLLIN, 0}});
    for (auto& p : pending_) {
      // What a parked connection may say too early stays in the kernel.
      short events = p->state == Pending::State::parked ? POLLRDHUP : POLLIN;
      polls.push_back({p->fd.get(), events, 0});
      deadline = std::min(deadline, p->deadline);
    }
    ::poll(polls.data(), polls.size(), poll_timeout(deadline, now));
    wake_.lower();
    now = Clock::now();
    for (size_t i = 0; i < pending_.size(); ++i) advance(*pending_[i], polls[i + 2].revents, now);
    if (polls[1].revents) accept_all(now);
    std::erase_if(pending_, [](auto& p) { return p->state == Pending::State::over; });
  }
}

void Listener::accept_all(Instant now) {
  for (;;) {
    auto fresh = std::make_unique<Pending>();
    int error = 0;
    fresh->fd = accept_from(socket_, &fresh->who, &error);
    if (!fresh->fd.open()) {
      // Out of descriptors or memory: the backlog stays readable, so do not spin on it.
      if (error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM) {
        accept_again_ = now + Millis(50);
      }
      if (error == ECONNABORTED || error == EINTR) continue;
      return;
    }
    fresh->deadline = now + options_.hello_deadline;
    if (pending_.size() >= static_cast<size_t>(options_.max_pending)) {
      drop(*fresh, "too many connections are waiting");
      continue;
    }
    pending_.push_back(std::move(fresh));
  }
}

void Listener::advance(Pending& pending, short events, Instant now) {
  switch (pending.state) {
    case Pending::State::hello:
      if (events && receive(pending, sizeof(Hello))) hear_hello(pending, now);
      break;
    case Pending::State::parked:
      if (events & (POLLRDHUP | POLLHUP | POLLERR)) {
        pending.state = Pending::State::over;  // it gave up waiting: nothing to complain about
      } else {
        welcome_or_park(pending, now);
      }
      break;
    case Pending::State::proof:
      if (events && receive(pending, sizeof(Proof))) hear_proof(pending);
      break;
    case Pending::State::over:
      break;
  }
  if (pending.state == Pending::State::over || now < pending.deadline) return;
  if (pending.state == Pending::State::parked) return refuse(pending, Refusal::nobody);
  drop(pending, pending.state == Pending::State::hello ? "it said no hello in time"
                                                       : "it gave no proof in time");
}

// Reads no byte beyond the message: what follows belongs to the mesh.
bool Listener::receive(Pending& pending, size_t bytes) {
  long got = receive_some(pending.fd.get(), pending.bytes + pending.got, bytes - pending.got);
  if (got < 0) {
    drop(pending, "it hung up in the middle of the handshake");
    return false;
  }
  pending.got += static_cast<size_t>(got);
  // Whoever does not start with the magic word need not finish.
  size_t magic = std::min(pending.got, sizeof kWireMagic);
  if (pending.state == Pending::State::hello &&
      std::memcmp(pending.bytes, &kWireMagic, magic) != 0) {
    drop(pending, "it does not speak this protocol");
    return false;
  }
  return pending.got == bytes;
}

void Listener::hear_hello(Pending& pending, Instant now) {
  pending.hello = from_bytes<Hello>(pending.bytes);
  pending.got = 0;
  if (pending.hello.version != kProtocolVersion) return refuse(pending, Refusal::version);
  pending.state = Pending::State::parked;
  pending.deadline = now + options_.park_deadline;
  welcome_or_park(pending, now);
}

// Of the meshes being formed here: the one the hello means, else one of another epoch, else none.
std::shared_ptr<Rendezvous> Listener::meant_by(const Hello& hello) {
  std::lock_guard lock(mutex_);
  std::shared_ptr<Rendezvous> other_epoch;
  for (auto& rendezvous : expected_) {
    const Identity& me = rendezvous->identity();
    if (me.fit != hello.fit || static_cast<uint32_t>(me.rank) != hello.to) continue;
    if (me.epoch == hello.epoch) return rendezvous;
    other_epoch = rendezvous;
  }
  return other_epoch;
}

void Listener::welcome_or_park(Pending& pending, Instant now) {
  auto rendezvous = meant_by(pending.hello);
  if (!rendezvous) return;
  const Identity& me = rendezvous->identity();
  Refusal refusal = objection(pending.hello, me);
  if (refusal != Refusal::none) {
    rendezvous->note_refusal(static_cast<int>(pending.hello.from), to_string(refusal));
    return refuse(pending, refusal, me.epoch);
  }
  // A newer mesh: it waits here until this worker has given up the old one.
  if (pending.hello.epoch > me.epoch) return rendezvous->supersede(pending.hello.epoch);
  pending.answer = make_answer(pending.hello, me.key);
  send_some(pending.fd.get(), &pending.answer, sizeof pending.answer);
  pending.rendezvous = rendezvous;
  pending.state = Pending::State::proof;
  pending.deadline = now + options_.hello_deadline;
}

void Listener::hear_proof(Pending& pending) {
  Rendezvous& rendezvous = *pending.rendezvous;
  int rank = static_cast<int>(pending.hello.from);
  auto proof = from_bytes<Proof>(pending.bytes);
  if (!authentic(proof, pending.answer, pending.hello, rendezvous.identity().key)) {
    rendezvous.note_refusal(rank, to_string(Refusal::key));
    return drop(pending, to_string(Refusal::key));
  }
  auto seal = make_seal(pending.hello, pending.answer, rendezvous.identity().key, false);
  if (!rendezvous.deliver(rank, pending.hello.channel,
                          Link(std::move(pending.fd), std::move(seal)))) {
    return drop(pending, to_string(Refusal::duplicate));
  }
  pending.state = Pending::State::over;
}

void Listener::refuse(Pending& pending, Refusal refusal, uint64_t epoch) {
  Answer answer;
  answer.refusal = refusal;
  answer.epoch = epoch;
  send_some(pending.fd.get(), &answer, sizeof answer);
  drop(pending, to_string(refusal));
}

void Listener::drop(Pending& pending, const std::string& why) {
  ++refused_;
  Instant now = Clock::now();
  if (now - log_window_ > Millis(1000)) {
    log_window_ = now;
    logged_ = 0;
  }
  if (++logged_ <= kLogLinesPerSecond) {
    options_.log(
        cat("firesteel: port ", port_, " refused a connection from ", pending.who, ": ", why));
  }
  pending.state = Pending::State::over;
  pending.fd.reset();
}

}  // namespace firesteel
