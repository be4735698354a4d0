// SPDX-License-Identifier: Apache-2.0
// Mutual authentication of two workers that hold the same 32-byte key.
//   connecting -> accepting  Hello   with HMAC(key, "hello"  || hello)
//   accepting  -> connecting Answer  with HMAC(key, "answer" || hello || nonce)
//   connecting -> accepting  Proof   =    HMAC(key, "proof"  || hello || nonce)
// The hello says protocol version, fit, epoch, both ranks, channel and whether what follows is encrypted; both
// sides add a nonce. The keys of the encryption are HMACs over the same.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "sync/seal.h"
#include "sync/wire.h"

namespace firesteel {

constexpr size_t kKeyBytes = 32;

// One worker's place in one mesh.
struct Identity {
  Bytes32 fit{};
  uint64_t epoch = 0;
  int rank = 0;
  int size = 1;
  std::string key;
  bool sealed = false;  // connections are encrypted
};

Hello make_hello(const Identity& me, int to, Channel channel);
bool authentic(const Hello& hello, const std::string& key);

Answer make_answer(const Hello& hello, const std::string& key);
bool authentic(const Answer& answer, const Hello& hello, const std::string& key);

Proof make_proof(const Answer& answer, const Hello& hello, const std::string& key);
bool authentic(const Proof& proof, const Answer& answer, const Hello& hello,
               const std::string& key);

// What encrypts the connection of these two; null where it is not to be encrypted.
std::unique_ptr<Seal> make_seal(const Hello& hello, const Answer& answer, const std::string& key,
                                bool connecting);

// Why a hello cannot join the mesh that `me` is forming; none when it can.
Refusal objection(const Hello& hello, const Identity& me);
// "the keys differ ..."
std::string to_string(Refusal refusal);

}  // namespace firesteel
