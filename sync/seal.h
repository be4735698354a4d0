// SPDX-License-Identifier: Apache-2.0
// Encryption of one connection: records of AES-256-GCM (NIST SP 800-38D), each direction with a key of its own that
// no other connection has. A record: its length (4 bytes), so many encrypted bytes, a tag of 16 bytes. The
// number of the record is the nonce, so that none can be left out, repeated or moved.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "sync/wire.h"

namespace firesteel {

class Seal {
 public:
  static constexpr size_t kHead = sizeof(uint32_t), kTag = 16;
  static constexpr size_t kMost = 64 << 10;  // bytes that a record has sealed

  Seal(const Bytes32& own_key, const Bytes32& peer_key);
  ~Seal();
  Seal(const Seal&) = delete;

  // Appends a record of the pieces' first bytes, at most kMost; says how many.
  size_t seal(std::span<const iovec> pieces, std::vector<std::byte>* out);
  // How many bytes the record that begins here has sealed. None: it is not a record.
  static std::optional<size_t> sealed_in(std::span<const std::byte, kHead> head);
  // Opens a record into so many bytes. False: somebody changed it, or it is not the next one.
  bool open(std::span<const std::byte> record, std::byte* to);

 private:
  struct Direction;
  std::unique_ptr<Direction> own_, peer_;
};

}  // namespace firesteel
