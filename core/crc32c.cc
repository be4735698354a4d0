// SPDX-License-Identifier: Apache-2.0
#include "core/crc32c.h"

#include <nmmintrin.h>

#include <array>
#include <cstring>

namespace firesteel {
namespace {

uint32_t by_table(std::string_view bytes, uint32_t crc) {
  static const auto table = [] {
    std::array<uint32_t, 256> all{};
    for (uint32_t i = 0; i < 256; ++i) {
      uint32_t rest = i;
      for (int bit = 0; bit < 8; ++bit) rest = rest & 1 ? rest >> 1 ^ 0x82f63b78u : rest >> 1;
      all[i] = rest;
    }
    return all;
  }();
  for (char byte : bytes) crc = table[(crc ^ static_cast<uint8_t>(byte)) & 255] ^ crc >> 8;
  return crc;
}

__attribute__((target("sse4.2"))) uint32_t by_instruction(std::string_view bytes, uint32_t crc) {
  uint64_t wide = crc;
  for (; bytes.size() >= sizeof wide; bytes.remove_prefix(sizeof wide)) {
    uint64_t next;
    std::memcpy(&next, bytes.data(), sizeof next);
    wide = _mm_crc32_u64(wide, next);
  }
  crc = static_cast<uint32_t>(wide);
  for (char byte : bytes) crc = _mm_crc32_u8(crc, static_cast<uint8_t>(byte));
  return crc;
}

}  // namespace

uint32_t crc32c(std::string_view bytes, uint32_t before) {
  static const bool instruction = __builtin_cpu_supports("sse4.2");
  return ~(instruction ? by_instruction(bytes, ~before) : by_table(bytes, ~before));
}

}  // namespace firesteel
