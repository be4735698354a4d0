// SPDX-License-Identifier: Apache-2.0
// An authenticated connection to a peer, whose bytes travel as they are or sealed (sync/seal.h). Never blocks.
#pragma once

#include <sys/uio.h>

#include <memory>
#include <span>
#include <vector>

#include "sync/seal.h"
#include "sync/socket.h"

namespace firesteel {

class Link {
 public:
  Link() = default;
  // seal: null where bytes travel as they are.
  explicit Link(Fd fd, std::unique_ptr<Seal> seal = nullptr)
      : fd_(std::move(fd)), seal_(std::move(seal)) {}

  int fd() const { return fd_.get(); }
  bool open() const { return fd_.open(); }
  void close() { *this = Link(); }
  void end_output();  // the peer reads what is on its way, and then the end

  // How many bytes of the pieces it has taken; 0 when it would block; -1 when the connection is gone.
  long send(std::span<iovec> pieces);
  // Whether it has taken bytes that it could not send yet; and tries to: false when the connection is gone.
  bool has_output() const { return sent_ < out_.size(); }
  bool flush();
  // Bytes received; 0 when there are none; -1 when the connection is gone.
  long receive(void* data, size_t bytes);
  // Then: because somebody has changed what travelled.
  bool forged() const { return forged_; }

 private:
  long open_record(void* data, size_t bytes);

  Fd fd_;
  std::unique_ptr<Seal> seal_;
  std::vector<std::byte> out_;  // records
  size_t sent_ = 0;
  std::vector<std::byte> in_;  // what has arrived of records, from begin_ to end_
  size_t begin_ = 0, end_ = 0;
  std::vector<std::byte> opened_;  // what had no room, from taken_ on
  size_t taken_ = 0;
  bool forged_ = false;
};

}  // namespace firesteel
