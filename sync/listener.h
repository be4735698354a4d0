// SPDX-License-Identifier: Apache-2.0
// The listening TCP socket of a worker process. One thread accepts connections, lets each prove
// within a deadline that it belongs to a mesh of this worker, and refuses the others.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/result.h"
#include "sync/rendezvous.h"
#include "sync/socket.h"

namespace firesteel {

struct ListenerOptions {
  Millis hello_deadline{2000};   // to say hello, and again to give proof
  Millis park_deadline{15'000};  // a hello that came before its mesh is kept this long
  int max_pending = 1024;        // connections in either state
  // One line per refusal, a few per second at most; empty: to stderr.
  std::function<void(const std::string&)> log;
};

class Listener {
 public:
  explicit Listener(ListenerOptions options = {});
  ~Listener();

  // Tries ports port, port + 1, ..., port + port_retries; port 0 lets the system choose.
  Result open(const std::string& bind_host, int port, int port_retries);
  void close();

  int port() const { return port_; }
  int64_t refused() const { return refused_; }

  // Mesh::form announces here whom it waits for.
  std::shared_ptr<Rendezvous> expect(const Identity& identity);
  void forget(const std::shared_ptr<Rendezvous>& rendezvous);

 private:
  // A connection that has not proved itself yet.
  struct Pending {
    enum class State { hello, parked, proof, over };
    Fd fd;
    std::string who;
    State state = State::hello;
    Instant deadline;
    size_t got = 0;
    char bytes[sizeof(Hello)];
    Hello hello;
    Answer answer;
    std::shared_ptr<Rendezvous> rendezvous;
  };

  void serve();
  void accept_all(Instant now);
  void advance(Pending& pending, short events, Instant now);
  bool receive(Pending& pending, size_t bytes);
  void hear_hello(Pending& pending, Instant now);
  std::shared_ptr<Rendezvous> meant_by(const Hello& hello);
  void welcome_or_park(Pending& pending, Instant now);
  void hear_proof(Pending& pending);
  void refuse(Pending& pending, Refusal refusal, uint64_t epoch = 0);
  void drop(Pending& pending, const std::string& why);

  ListenerOptions options_;
  Fd socket_;
  int port_ = 0;
  std::atomic<int64_t> refused_{0};
  std::atomic<bool> stopping_{false};
  WakeUp wake_;
  std::thread thread_;

  std::mutex mutex_;
  std::vector<std::shared_ptr<Rendezvous>> expected_;

  // Of the thread alone.
  std::vector<std::unique_ptr<Pending>> pending_;
  Instant log_window_{};
  int logged_ = 0;
  Instant accept_again_{};
};

}  // namespace firesteel
