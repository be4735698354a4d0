// SPDX-License-Identifier: Apache-2.0
#include "sync/handshake.h"

#include "core/error.h"
#include "core/sha256.h"
#include "sync/random.h"

namespace firesteel {
namespace {

// Looks at every byte whatever the first ones are, so that timing tells nothing.
bool same(const Bytes32& a, const Bytes32& b) {
  volatile uint8_t difference = 0;
  for (size_t i = 0; i < a.size(); ++i) difference = difference | (a[i] ^ b[i]);
  return difference == 0;
}

Bytes32 mac(const char* role, const Hello& hello, const Bytes32* nonce, const std::string& key) {
  std::string message = cat("firesteel sync ", role, " ");
  message += bytes_of(hello).substr(0, offsetof(Hello, mac));
  if (nonce) message += bytes_of(*nonce);
  return hmac_sha256(key, message);
}

}  // namespace

Hello make_hello(const Identity& me, int to, Channel channel) {
  Hello hello;
  hello.channel = channel;
  hello.sealed = me.sealed ? 1 : 0;
  hello.epoch = me.epoch;
  hello.from = static_cast<uint32_t>(me.rank);
  hello.to = static_cast<uint32_t>(to);
  hello.size = static_cast<uint32_t>(me.size);
  hello.fit = me.fit;
  hello.nonce = random_bytes();
  hello.mac = mac("hello", hello, nullptr, me.key);
  return hello;
}

bool authentic(const Hello& hello, const std::string& key) {
  return same(hello.mac, mac("hello", hello, nullptr, key));
}

Answer make_answer(const Hello& hello, const std::string& key) {
  Answer answer;
  answer.epoch = hello.epoch;
  answer.nonce = random_bytes();
  answer.mac = mac("answer", hello, &answer.nonce, key);
  return answer;
}

bool authentic(const Answer& answer, const Hello& hello, const std::string& key) {
  return same(answer.mac, mac("answer", hello, &answer.nonce, key));
}

Proof make_proof(const Answer& answer, const Hello& hello, const std::string& key) {
  return {mac("proof", hello, &answer.nonce, key)};
}

bool authentic(const Proof& proof, const Answer& answer, const Hello& hello,
               const std::string& key) {
  return same(proof.mac, mac("proof", hello, &answer.nonce, key));
}

std::unique_ptr<Seal> make_seal(const Hello& hello, const Answer& answer, const std::string& key,
                                bool connecting) {
  if (!hello.sealed) return nullptr;
  Bytes32 out = mac("key of the connecting", hello, &answer.nonce, key);
  Bytes32 back = mac("key of the accepting", hello, &answer.nonce, key);
  return std::make_unique<Seal>(connecting ? out : back, connecting ? back : out);
}

Refusal objection(const Hello& hello, const Identity& me) {
  if (!authentic(hello, me.key)) return Refusal::key;
  if (hello.epoch < me.epoch) return Refusal::stale_epoch;
  bool fits = hello.size == static_cast<uint32_t>(me.size) &&
              hello.to == static_cast<uint32_t>(me.rank) && hello.from < hello.size &&
              hello.from > hello.to && static_cast<int>(hello.channel) < kChannels;
  if (!fits) return Refusal::mesh;
  return (hello.sealed != 0) == me.sealed ? Refusal::none : Refusal::sealing;
}

std::string to_string(Refusal refusal) {
  switch (refusal) {
    case Refusal::none:
      return "welcome";
    case Refusal::version:
      return "it speaks another protocol version. Use one build everywhere";
    case Refusal::key:
      return "the keys differ, so it does not belong to this fit";
    case Refusal::stale_epoch:
      return "its epoch is old: a newer mesh of this fit is being formed";
    case Refusal::mesh:
      return "its ranks or its number of workers are not this mesh's";
    case Refusal::sealing:
      return "one of both encrypts its traffic and the other does not. Give all workers the same "
             "settings";
    case Refusal::duplicate:
      return "this rank is connected already";
    case Refusal::nobody:
      return "no worker here waits for that fit and epoch";
  }
  return "for an unknown reason";
}

}  // namespace firesteel
