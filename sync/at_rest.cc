// SPDX-License-Identifier: Apache-2.0
#include "sync/at_rest.h"

#include <algorithm>
#include <array>

#include "core/error.h"
#include "sync/libcrypto.h"
#include "sync/random.h"

namespace firesteel {
namespace {

constexpr size_t kAesBlock = 16;
constexpr size_t kMostAtOnce = 1 << 30;  // OpenSSL counts in int

void check(int done) { require<SystemError>(done == 1, "AES-256-CTR has failed"); }

}  // namespace

AtRest::AtRest() : key_(random_bytes()) {}

void AtRest::turn(uint64_t offset, std::span<std::byte> bytes) const {
  static const EVP_CIPHER* cipher = fetch_cipher("AES-256-CTR");
  CipherContext context(EVP_CIPHER_CTX_new());
  // The number of the block of 16 bytes, the highest byte first.
  std::array<unsigned char, kAesBlock> counter{};
  uint64_t number = offset / kAesBlock;
  for (size_t i = kAesBlock; number > 0; number >>= 8) counter[--i] = number & 0xff;
  check(EVP_CipherInit_ex(context.get(), cipher, nullptr, key_.data(), counter.data(), 1));
  std::array<unsigned char, kAesBlock> before{};
  int length = 0;
  auto within = static_cast<int>(offset % kAesBlock);
  if (within > 0) {
    check(EVP_CipherUpdate(context.get(), before.data(), &length, before.data(), within));
  }
  for (size_t at = 0; at < bytes.size(); at += kMostAtOnce) {
    auto* piece = reinterpret_cast<unsigned char*>(bytes.data() + at);
    auto count = static_cast<int>(std::min(kMostAtOnce, bytes.size() - at));
    check(EVP_CipherUpdate(context.get(), piece, &length, piece, count));
  }
}

}  // namespace firesteel
