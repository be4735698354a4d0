// SPDX-License-Identifier: Apache-2.0
// Counter-based random numbers: the value is a function of its key and counter and of nothing
// else, so that it does not depend on who computes it or in which order.
// Philox4x32-10: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace firesteel {

using Philox = std::array<uint32_t, 4>;

inline Philox philox(uint64_t key, uint64_t counter_high, uint64_t counter_low) {
  auto k0 = static_cast<uint32_t>(key), k1 = static_cast<uint32_t>(key >> 32);
  Philox c = {static_cast<uint32_t>(counter_low), static_cast<uint32_t>(counter_low >> 32),
              static_cast<uint32_t>(counter_high), static_cast<uint32_t>(counter_high >> 32)};
  for (int round = 0; round < 10; ++round) {
    uint64_t p0 = uint64_t{0xD2511F53} * c[0], p1 = uint64_t{0xCD9E8D57} * c[2];
    c = {static_cast<uint32_t>(p1 >> 32) ^ c[1] ^ k0, static_cast<uint32_t>(p1),
         static_cast<uint32_t>(p0 >> 32) ^ c[3] ^ k1, static_cast<uint32_t>(p0)};
    k0 += 0x9E3779B9, k1 += 0xBB67AE85;
  }
  return c;
}

// A key out of several numbers.
inline uint64_t mix(uint64_t a, uint64_t b) {
  Philox p = philox(a, b, 0);
  return uint64_t{p[0]} << 32 | p[1];
}

// In [0, 1), with 24 random bits.
inline float to_unit(uint32_t bits) { return static_cast<float>(bits >> 8) * 0x1p-24f; }

__extension__ using Wide = unsigned __int128;

// A sequence, for shuffles and initial weights.
class Rng {
 public:
  explicit Rng(uint64_t key) : key_(key) {}
  uint32_t next() {
    if (used_ == 4) block_ = philox(key_, 0, counter_++), used_ = 0;
    return block_[static_cast<size_t>(used_++)];
  }
  float unit() { return to_unit(next()); }
  float normal();
  // Uniform in [0, bound), unbiased enough for bound far below 2^64.
  uint64_t below(uint64_t bound) {
    uint64_t wide = uint64_t{next()} << 32 | next();
    return static_cast<uint64_t>((Wide{wide} * bound) >> 64);
  }

 private:
  uint64_t key_;
  uint64_t counter_ = 0;
  Philox block_{};
  int used_ = 4;
};

}  // namespace firesteel
