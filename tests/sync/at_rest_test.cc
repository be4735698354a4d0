// SPDX-License-Identifier: Apache-2.0
#include "sync/at_rest.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

namespace firesteel {
namespace {

std::string turned(const AtRest& cipher, uint64_t offset, std::string text) {
  cipher.turn(offset, std::as_writable_bytes(std::span(text)));
  return text;
}

// The first block of AES-256 with a key of zeros (NIST's AESAVS, KAT of zeros).
TEST(AtRest, IsAes256InCounterMode) {
  const unsigned char expected[16] = {0xdc, 0x95, 0xc0, 0x78, 0xa2, 0x40, 0x89, 0x89,
                                      0xad, 0x48, 0xa2, 0x14, 0x92, 0x84, 0x20, 0x87};
  std::string stream = turned(AtRest(Bytes32{}), 0, std::string(16, '\0'));
  EXPECT_EQ(std::memcmp(stream.data(), expected, sizeof expected), 0);
}

TEST(AtRest, TurnsAnyPieceAsTheWhole) {
  AtRest cipher;
  std::string plain;
  for (int i = 0; i < 1000; ++i) plain += static_cast<char>('a' + i % 26);
  constexpr uint64_t kAt = (uint64_t{1} << 40) + 5;
  std::string whole = turned(cipher, kAt, plain);
  EXPECT_EQ(turned(cipher, kAt, whole), plain);
  EXPECT_EQ(whole.find("abcdefgh"), std::string::npos);
  for (size_t begin : {0, 1, 10, 11, 12, 500}) {
    for (size_t length : {1, 16, 33, 400}) {
      EXPECT_EQ(turned(cipher, kAt + begin, whole.substr(begin, length)),
                plain.substr(begin, length));
    }
  }
  EXPECT_NE(turned(AtRest(), kAt, plain), whole);  // with a key of its own
}

}  // namespace
}  // namespace firesteel
