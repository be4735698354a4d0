// SPDX-License-Identifier: Apache-2.0
// The control connection to one peer: heartbeats, bad news, goodbye.
#pragma once

#include <string>
#include <vector>

#include "sync/link.h"
#include "sync/wire.h"

namespace firesteel {

struct ControlMessage {
  ControlHeader header;
  std::string reason;
};

class ControlLink {
 public:
  ControlLink() = default;
  explicit ControlLink(Link link) : link_(std::move(link)) {}

  int fd() const { return link_.fd(); }
  bool open() const { return link_.open(); }
  void close() { link_.close(); }

  // Both never block; false when the connection is gone (or talks nonsense).
  bool flush();
  bool receive(std::vector<ControlMessage>* messages);

  void queue(ControlHeader header, std::string reason = "");
  bool has_output() const { return !out_.empty() || link_.has_output(); }

 private:
  Link link_;
  std::string in_;
  std::string out_;
};

}  // namespace firesteel
