// SPDX-License-Identifier: Apache-2.0
// Encryption of a file that this process alone writes and reads, piece by piece: AES-256 in counter mode (NIST
// SP 800-38A) with a key that is never outside its memory. Each place of the file may be written once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "sync/wire.h"

namespace firesteel {

class AtRest {
 public:
  AtRest();  // with a new key
  explicit AtRest(const Bytes32& key) : key_(key) {}
  // Encrypts, or decrypts, what is at this place of the file. Threads may do so at the same time.
  void turn(uint64_t offset, std::span<std::byte> bytes) const;

 private:
  Bytes32 key_;
};

}  // namespace firesteel
