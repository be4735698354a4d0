// SPDX-License-Identifier: Apache-2.0
#include "sync/seal.h"

#include <algorithm>
#include <array>

#include "core/error.h"
#include "sync/libcrypto.h"

namespace firesteel {
namespace {

const EVP_CIPHER* aes_256_gcm() {
  static const EVP_CIPHER* cipher = fetch_cipher("AES-256-GCM");
  return cipher;
}

void check(int done) { require<SystemError>(done == 1, "sync: AES-256-GCM has failed"); }

unsigned char* raw(std::byte* bytes) { return reinterpret_cast<unsigned char*>(bytes); }
const unsigned char* raw(const std::byte* bytes) {
  return reinterpret_cast<const unsigned char*>(bytes);
}

}  // namespace

struct Seal::Direction {
  CipherContext context;
  uint64_t records = 0;

  Direction(const Bytes32& key, bool sealing) : context(EVP_CIPHER_CTX_new()) {
    check(EVP_CipherInit_ex(context.get(), aes_256_gcm(), nullptr, key.data(), nullptr, sealing));
  }
  // Begins the next record, whose length is authenticated too.
  void next(const std::byte* head) {
    std::array<unsigned char, 12> nonce{};
    std::memcpy(nonce.data() + 4, &records, sizeof records);
    ++records;
    int length = 0;
    check(EVP_CipherInit_ex(context.get(), nullptr, nullptr, nullptr, nonce.data(), -1));
    check(EVP_CipherUpdate(context.get(), nullptr, &length, raw(head), kHead));
  }
  void turn(const std::byte* from, size_t bytes, std::byte* to) {
    int length = 0;
    check(EVP_CipherUpdate(context.get(), raw(to), &length, raw(from), static_cast<int>(bytes)));
  }
};

Seal::Seal(const Bytes32& own_key, const Bytes32& peer_key)
    : own_(std::make_unique<Direction>(own_key, true)),
      peer_(std::make_unique<Direction>(peer_key, false)) {}

Seal::~Seal() = default;

size_t Seal::seal(std::span<const iovec> pieces, std::vector<std::byte>* out) {
  size_t bytes = 0;
  for (const iovec& piece : pieces) bytes = std::min(kMost, bytes + piece.iov_len);
  size_t begin = out->size();
  out->resize(begin + kHead + bytes + kTag);
  std::byte* to = out->data() + begin;
  auto length = static_cast<uint32_t>(bytes);
  std::memcpy(to, &length, kHead);
  own_->next(to);
  to += kHead;
  size_t left = bytes;
  for (const iovec& piece : pieces) {
    size_t part = std::min(left, piece.iov_len);
    if (part > 0) own_->turn(static_cast<const std::byte*>(piece.iov_base), part, to);
    to += part;
    left -= part;
  }
  int none = 0;
  check(EVP_CipherFinal_ex(own_->context.get(), raw(to), &none));
  check(EVP_CIPHER_CTX_ctrl(own_->context.get(), EVP_CTRL_AEAD_GET_TAG, kTag, to));
  return bytes;
}

std::optional<size_t> Seal::sealed_in(std::span<const std::byte, kHead> head) {
  auto length = from_bytes<uint32_t>(head.data());
  if (length == 0 || length > kMost) return std::nullopt;
  return length;
}

bool Seal::open(std::span<const std::byte> record, std::byte* to) {
  size_t bytes = record.size() - kHead - kTag;
  peer_->next(record.data());
  peer_->turn(record.data() + kHead, bytes, to);
  auto* tag = const_cast<std::byte*>(record.data()) + kHead + bytes;
  check(EVP_CIPHER_CTX_ctrl(peer_->context.get(), EVP_CTRL_AEAD_SET_TAG, kTag, tag));
  int none = 0;
  return EVP_CipherFinal_ex(peer_->context.get(), raw(to), &none) == 1;
}

}  // namespace firesteel
