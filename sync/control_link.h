// SPDX-License-Identifier: Apache-2.0
// The control connection to one peer: heartbeats, bad news, goodbye.
#pragma once

#include <string>
#include <vector>

#include "sync/socket.h"
#include "sync/wire.h"

namespace firesteel {

struct ControlMessage {
  ControlHeader header;
  std::string reason;
};

class ControlLink {
 public:
  ControlLink() = default;
  explicit ControlLink(Fd fd) : fd_(std::move(fd)) {}

  int fd() const { return fd_.get(); }
  bool open() const { return fd_.open(); }
  void close() { fd_.reset(); }

  // Both never block; false when the connection is gone (or talks nonsense).
  bool flush();
  bool receive(std::vector<ControlMessage>* messages);

  void queue(ControlHeader header, std::string reason = "");
  bool has_output() const { return !out_.empty(); }

 private:
  Fd fd_;
  std::string in_;
  std::string out_;
};

}  // namespace firesteel
