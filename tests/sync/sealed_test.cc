// SPDX-License-Identifier: Apache-2.0
// Encrypted traffic: what a listener between two workers learns, and what happens when it changes something.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "core/rng.h"
#include "tests/sync/expect.h"
#include "tests/sync/relay.h"
#include "tests/sync/workers.h"

namespace firesteel::testing {
namespace {

Bytes32 key_of(uint8_t number) {
  Bytes32 key;
  key.fill(number);
  return key;
}

std::vector<std::byte> record_of(Seal& seal, std::string text) {
  std::vector<std::byte> record;
  iovec piece{text.data(), text.size()};
  EXPECT_EQ(seal.seal({&piece, 1}, &record), text.size());
  return record;
}

std::string opened(Seal& seal, std::span<const std::byte> record, size_t bytes) {
  std::string text(bytes, '?');
  bool sound = seal.open(record, reinterpret_cast<std::byte*>(text.data()));
  return sound ? text : "forged";
}

struct Pair {
  Seal here{key_of(1), key_of(2)}, there{key_of(2), key_of(1)};
};

TEST(Seal, OpensWhatItHasSealed) {
  Pair pair;
  for (const char* text : {"weights", "more weights", "x"}) {
    auto record = record_of(pair.here, text);
    EXPECT_EQ(record.size(), std::strlen(text) + Seal::kHead + Seal::kTag);
    EXPECT_EQ(opened(pair.there, record, std::strlen(text)), text);
  }
  EXPECT_EQ(opened(pair.here, record_of(pair.there, "back"), 4), "back");
}

// As NIST's test case 14 of the GCM specification has it: a key and a nonce of zeros. The length that we
// authenticate besides changes the tag, not the bytes.
TEST(Seal, IsAes256Gcm) {
  Seal seal(key_of(0), key_of(0));
  auto record = record_of(seal, std::string(16, '\0'));
  const uint8_t expected[16] = {0xce, 0xa7, 0x40, 0x3d, 0x4d, 0x60, 0x6b, 0x6e,
                                0x07, 0x4e, 0xc5, 0xd3, 0xba, 0xf3, 0x9d, 0x18};
  EXPECT_EQ(std::memcmp(record.data() + Seal::kHead, expected, sizeof expected), 0);
}

TEST(Seal, NoticesEveryChangedByte) {
  for (size_t at = 0; at < 7 + Seal::kHead + Seal::kTag; ++at) {
    Pair pair;
    auto record = record_of(pair.here, "weights");
    record[at] ^= std::byte{1};
    EXPECT_EQ(opened(pair.there, record, 7), "forged") << at;
  }
}

TEST(Seal, NoticesWhatIsRepeatedLeftOutOrSentBack) {
  Pair pair;
  auto first = record_of(pair.here, "first"), second = record_of(pair.here, "second");
  EXPECT_EQ(opened(pair.here, first, 5), "forged");
  EXPECT_EQ(opened(pair.there, first, 5), "first");
  EXPECT_EQ(opened(pair.there, first, 5), "forged");
  Pair other;
  record_of(other.here, "first");
  EXPECT_EQ(opened(other.there, record_of(other.here, "second"), 6), "forged");
}

TEST(Seal, AnnouncesNoMoreThanARecordMayHave) {
  auto sealed_in = [](uint32_t length) {
    auto head = std::as_bytes(std::span(&length, 1));
    return Seal::sealed_in(head.first<Seal::kHead>());
  };
  EXPECT_EQ(sealed_in(1), 1u);
  EXPECT_EQ(sealed_in(Seal::kMost), Seal::kMost);
  EXPECT_FALSE(sealed_in(0));
  EXPECT_FALSE(sealed_in(Seal::kMost + 1));
}

// Pieces of all sizes both ways through sockets that have little room.
TEST(Link, PassesOnAnyPieces) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
  int little = 5000;
  for (int end : ends) ::setsockopt(end, SOL_SOCKET, SO_SNDBUF, &little, sizeof little);
  Link links[2] = {Link(Fd(ends[0]), std::make_unique<Seal>(key_of(1), key_of(2))),
                   Link(Fd(ends[1]), std::make_unique<Seal>(key_of(2), key_of(1)))};
  Rng rng(7);
  std::string sent[2], got[2];
  constexpr size_t kAll = 3'000'000;
  for (std::string& text : sent) {
    while (text.size() < kAll) text += static_cast<char>(rng.below(256));
  }
  size_t taken[2] = {0, 0};
  std::string room(200'000, ' ');
  while (got[0].size() < kAll || got[1].size() < kAll) {
    for (int side : {0, 1}) {
      iovec pieces[3];
      size_t at = taken[side];
      for (iovec& piece : pieces) {
        size_t bytes = std::min<size_t>(rng.below(60'000), kAll - at);
        piece = {sent[side].data() + at, bytes};
        at += bytes;
      }
      if (at > taken[side]) {
        long now = links[side].send(pieces);
        ASSERT_GE(now, 0);
        taken[side] += static_cast<size_t>(now);
      } else {
        ASSERT_TRUE(links[side].flush());
      }
      long now = links[side].receive(room.data(), 1 + rng.below(room.size()));
      ASSERT_GE(now, 0);
      got[1 - side].append(room, 0, static_cast<size_t>(now));
    }
  }
  EXPECT_TRUE(got[0] == sent[0] && got[1] == sent[1]);  // too long to be shown
  links[0].close();
  EXPECT_EQ(links[1].receive(room.data(), 1), -1);
  EXPECT_FALSE(links[1].forged());
}

void seal_all(MeshSpec& spec) { spec.sealed = true; }

TEST(Sealed, CollectivesHaveTheSameBits) {
  for (const char* machines : {"aa", "aaaa", "aabb"}) {
    World world(machines, seal_all);
    for (int64_t count : {0, 16, 22'278, 300'000}) {
      expect_ok(world.run([&](Mesh& mesh) { return sum_and_check(mesh, 16, count); }));
    }
    expect_ok(world.run([&](Mesh& mesh) {
      std::vector<std::string> all;
      Result result =
          mesh.exchange(std::string(3'000'000, static_cast<char>('a' + mesh.rank())), &all);
      if (result.ok() && all[1] != std::string(3'000'000, 'b')) return Result::failure("wrong");
      return result;
    }));
  }
}

TEST(Sealed, BothOrNone) {
  std::vector<Door> doors;
  for (int i = 0; i < 2; ++i) doors.emplace_back();
  auto all = specs(doors);
  all[1].sealed = true;
  for (MeshSpec& spec : all) spec.form_deadline = Millis(3000);
  std::vector<std::unique_ptr<Mesh>> meshes;
  auto results = form(doors, all, &meshes);
  for (const Result& result : results) {
    EXPECT_FALSE(result.ok());
    EXPECT_NE(result.message().find("one of both encrypts its traffic"), std::string::npos)
        << result.message();
  }
}

// Two workers that say `secret` to each other through a relay.
struct Overheard {
  std::vector<Result> results;
  std::string heard;
};
Overheard overhear(bool sealed, const std::string& secret, Relay::Change change = {}) {
  std::vector<Door> doors;
  for (int i = 0; i < 2; ++i) doors.emplace_back();
  Relay relay(doors[0].endpoint, std::move(change));
  auto all = specs(doors);
  all[1].peers[0] = relay.endpoint();
  for (MeshSpec& spec : all) spec.sealed = sealed;
  std::vector<std::unique_ptr<Mesh>> meshes;
  for (const Result& result : form(doors, all, &meshes)) result.throw_if_failed();
  std::vector<Result> results(2, Result::success());
  std::vector<std::thread> threads;
  for (size_t w = 0; w < 2; ++w) {
    threads.emplace_back([&, w] {
      std::vector<std::string> texts;
      results[w] = meshes[w]->exchange(secret, &texts);
    });
  }
  for (auto& thread : threads) thread.join();
  meshes.clear();
  return {std::move(results), relay.heard()};
}

TEST(Sealed, AListenerLearnsNothing) {
  std::string secret = "0.25 weights that nobody else may know";
  auto open = overhear(false, secret), sealed = overhear(true, secret);
  expect_ok(open.results);
  expect_ok(sealed.results);
  EXPECT_NE(open.heard.find(secret), std::string::npos);
  for (size_t at = 0; at + 8 <= secret.size(); ++at) {
    EXPECT_EQ(sealed.heard.find(secret.substr(at, 8)), std::string::npos);
  }
  EXPECT_EQ(sealed.heard.find(kKey), std::string::npos);
  EXPECT_EQ(open.heard.find(kKey), std::string::npos);
}

TEST(Sealed, AChangedByteEndsTheMeshAndIsNamed) {
  std::string secret(200'000, 's');
  auto flip_one = [](size_t passed, std::span<char> now) {
    constexpr size_t kAt = 100'000;  // only data connections come so far
    if (passed <= kAt && kAt < passed + now.size()) now[kAt - passed] ^= 1;
  };
  auto open = overhear(false, secret, flip_one), sealed = overhear(true, secret, flip_one);
  expect_ok(open.results);  // nobody notices
  bool named = false;
  for (const Result& result : sealed.results) {
    EXPECT_FALSE(result.ok());
    named = named || result.message().find("is not what it has encrypted") != std::string::npos;
  }
  EXPECT_TRUE(named);
}

}  // namespace
}  // namespace firesteel::testing
