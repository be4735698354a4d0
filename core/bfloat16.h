// SPDX-License-Identifier: Apache-2.0
// bfloat16: the upper half of an f32. For storing; sums and products are of f32.
#pragma once

#include <bit>
#include <cstdint>

namespace firesteel {

struct BFloat16 {
  uint16_t bits = 0;

  BFloat16() = default;
  // To the nearest, ties to even; what is not a number stays so.
  explicit BFloat16(float value) {
    auto word = std::bit_cast<uint32_t>(value);
    uint32_t rounded = word + 0x7fff + ((word >> 16) & 1);
    bits = static_cast<uint16_t>((value == value ? rounded : word | 0x400000) >> 16);
  }
  operator float() const { return std::bit_cast<float>(uint32_t{bits} << 16); }
};

}  // namespace firesteel
