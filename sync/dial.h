// SPDX-License-Identifier: Apache-2.0
// One outgoing connection of a mesh that is being formed: connects, authenticates both ways and
// tries again as long as that makes sense. Driven by the poll loop of Mesh::form.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sync/handshake.h"
#include "sync/link.h"

namespace firesteel {

class Dial {
 public:
  Dial(const Identity& me, int rank, Channel channel, std::shared_ptr<Lookup> lookup);

  int rank() const { return rank_; }
  Channel channel() const { return channel_; }
  bool connected() const { return state_ == State::connected; }
  bool refused() const { return state_ == State::refused; }
  // Nothing has accepted its newest attempt to connect.
  bool unreachable() const {
    return attempts_ > 0 && (state_ == State::idle || state_ == State::connecting) && !accepted_;
  }
  // Where it stands, for the error text: "cannot connect (Connection refused)".
  std::string status() const;

  int fd() const { return fd_.get(); }
  short events() const;   // for poll()
  Instant timer() const;  // and when to call step() at the latest
  void step(short revents);
  Link take() { return Link(std::move(fd_), std::move(seal_)); }

 private:
  enum class State { lookup, idle, connecting, answer, connected, refused };

  void begin();
  void say_hello();
  void hear_answer();
  void retry(const std::string& why);

  Identity me_;
  int rank_;
  Channel channel_;
  std::shared_ptr<Lookup> lookup_;
  std::vector<SocketAddress> addresses_;
  State state_ = State::lookup;
  Instant timer_;
  Millis pause_{10};
  size_t attempts_ = 0;
  bool accepted_ = false;
  std::string trouble_;
  Fd fd_;
  std::unique_ptr<Seal> seal_;
  Hello hello_;
  char bytes_[sizeof(Answer)];
  size_t got_ = 0;
};

}  // namespace firesteel
