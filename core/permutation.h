// SPDX-License-Identifier: Apache-2.0
// A random order of 0..n-1 that needs no memory: element i is computed from the key.
// A balanced Feistel network over the next even number of bits, with cycle walking (Black and
// Rogaway, "Ciphers with arbitrary finite domains", 2002).
#pragma once

#include <bit>
#include <cstdint>

#include "core/rng.h"

namespace firesteel {

class Permutation {
 public:
  Permutation(int64_t count, uint64_t key) : count_(static_cast<uint64_t>(count)), key_(key) {
    half_bits_ = (std::bit_width(count_ > 1 ? count_ - 1 : 1) + 1) / 2;
  }

  int64_t operator()(int64_t i) const {
    auto x = static_cast<uint64_t>(i);
    do {
      x = encipher(x);
    } while (x >= count_);
    return static_cast<int64_t>(x);
  }

 private:
  uint64_t encipher(uint64_t x) const {
    uint64_t mask = (uint64_t{1} << half_bits_) - 1;
    uint64_t left = x >> half_bits_, right = x & mask;
    for (uint64_t round = 0; round < 4; ++round) {
      uint64_t next = left ^ (philox(key_, round, right)[0] & mask);
      left = right;
      right = next;
    }
    return left << half_bits_ | right;
  }

  uint64_t count_, key_;
  int half_bits_;
};

}  // namespace firesteel
