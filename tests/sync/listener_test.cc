// SPDX-License-Identifier: Apache-2.0
#include <poll.h>

#include <random>
#include <thread>

#include "tests/sync/expect.h"
#include "tests/sync/impostor.h"

namespace firesteel::testing {
namespace {

// Whether the other side hangs up within a second; collects what it says before.
bool hangs_up(const Fd& fd, std::string* said = nullptr) {
  Instant deadline = Clock::now() + Millis(1000);
  while (Clock::now() < deadline) {
    pollfd reading{fd.get(), POLLIN, 0};
    ::poll(&reading, 1, poll_timeout(deadline));
    char buffer[256];
    long got = receive_some(fd.get(), buffer, sizeof buffer);
    if (got < 0) return true;
    if (said) said->append(buffer, static_cast<size_t>(got));
  }
  return false;
}

TEST(ListenerTest, refuses_a_stranger_that_says_nothing) {
  Door door({.hello_deadline = Millis(100)});
  Fd stranger = connect_to(door.endpoint);
  EXPECT_TRUE(hangs_up(stranger));
  EXPECT_EQ(door.listener->refused(), 1);
  expect_in(door.log(), "it said no hello in time");
}

TEST(ListenerTest, refuses_a_stranger_that_stops_in_the_middle) {
  Door door({.hello_deadline = Millis(100)});
  Fd stranger = connect_to(door.endpoint);
  send_some(stranger.get(), &kWireMagic, sizeof kWireMagic);
  EXPECT_TRUE(hangs_up(stranger));
  Fd torn = connect_to(door.endpoint);
  Hello hello = make_hello({.rank = 1, .size = 2, .key = kKey}, 0, Channel::data);
  send_some(torn.get(), &hello, sizeof hello - 1);
  torn.reset();
  for (int i = 0; i < 100 && door.listener->refused() < 2; ++i) {
    std::this_thread::sleep_for(Millis(10));
  }
  expect_in(door.log(), "it hung up in the middle of the handshake");
}

TEST(ListenerTest, survives_random_bytes) {
  std::vector<Door> doors;
  for (int i = 0; i < 2; ++i) doors.emplace_back(ListenerOptions{.hello_deadline = Millis(100)});
  Door& door = doors[1];
  std::mt19937 random(1);
  for (int i = 0; i < 200; ++i) {
    Fd stranger = connect_to(door.endpoint);
    std::string bytes(random() % 600, ' ');
    for (char& byte : bytes) byte = static_cast<char>(random());
    if (i % 2 && bytes.size() > 6) std::memcpy(bytes.data(), &kWireMagic, 4);
    send_some(stranger.get(), bytes.data(), bytes.size());
  }
  Fd last = connect_to(door.endpoint);
  send_some(last.get(), "GET / HTTP/1.1\r\n\r\n", 18);
  EXPECT_TRUE(hangs_up(last));
  expect_in(door.log(), "it does not speak this protocol");
  EXPECT_GT(door.listener->refused(), 50);
  // And still serves.
  std::vector<std::unique_ptr<Mesh>> meshes;
  for (auto& result : form(doors, specs(doors), &meshes)) EXPECT_TRUE(result.ok());
}

TEST(ListenerTest, logs_a_few_lines_a_second_however_many_it_refuses) {
  Door door;
  for (int i = 0; i < 50; ++i) {
    Fd stranger = connect_to(door.endpoint);
    send_some(stranger.get(), "nonsense", 8);
    hangs_up(stranger);
  }
  EXPECT_EQ(door.listener->refused(), 50);
  EXPECT_LE(std::ranges::count(door.log(), '\n'), 15);
}

TEST(ListenerTest, answers_another_protocol_version) {
  Door door;
  Fd peer = connect_to(door.endpoint);
  Hello hello = make_hello({.rank = 1, .size = 2, .key = kKey}, 0, Channel::data);
  hello.version = kProtocolVersion + 1;
  send_some(peer.get(), &hello, sizeof hello);
  std::string said;
  EXPECT_TRUE(hangs_up(peer, &said));
  ASSERT_EQ(said.size(), sizeof(Answer));
  EXPECT_EQ(from_bytes<Answer>(said.data()).refusal, Refusal::version);
}

TEST(ListenerTest, tells_a_hello_that_nobody_waits_for_it) {
  Door door({.park_deadline = Millis(100)});
  Fd peer = connect_to(door.endpoint);
  Hello hello = make_hello({.rank = 1, .size = 2, .key = kKey}, 0, Channel::data);
  send_some(peer.get(), &hello, sizeof hello);
  std::string said;
  EXPECT_TRUE(hangs_up(peer, &said));
  ASSERT_EQ(said.size(), sizeof(Answer));
  EXPECT_EQ(from_bytes<Answer>(said.data()).refusal, Refusal::nobody);
}

TEST(ListenerTest, bounds_the_connections_that_wait) {
  Door door({.max_pending = 2});
  Fd first = connect_to(door.endpoint), second = connect_to(door.endpoint);
  std::this_thread::sleep_for(Millis(50));
  EXPECT_TRUE(hangs_up(connect_to(door.endpoint)));
  expect_in(door.log(), "too many connections are waiting");
}

TEST(ListenerTest, tries_the_next_ports_and_says_when_all_are_taken) {
  Listener first, second, third;
  int port = 0;
  for (port = 23'400; port < 24'400; port += 2) {
    if (first.open("127.0.0.1", port, 0).ok()) break;
  }
  ASSERT_TRUE(second.open("127.0.0.1", port, 50).ok());
  EXPECT_GT(second.port(), port);
  Result result = third.open("127.0.0.1", port, 0);
  EXPECT_EQ(result.message(),
            cat("Listener: no usable port in ", port, "..", port,
                " on '127.0.0.1' (Address already in use). Give another first port, more port "
                "retries, or port 0"));
  EXPECT_EQ(third.open("127.0.0.1", -1, 0).message(),
            "Listener: port must be in 0..65535 and port_retries >= 0, got -1 and 0");
  EXPECT_EQ(first.open("127.0.0.1", 0, 0).message(), "Listener: it is open already");
  expect_in(third.open("203.0.113.7", 0, 0).message(), "no usable port");
}

TEST(Handshake, every_field_is_authenticated) {
  Identity me{.epoch = 4, .rank = 1, .size = 3, .key = kKey};
  Hello hello = make_hello(me, 0, Channel::control);
  Answer answer = make_answer(hello, kKey);
  Proof proof = make_proof(answer, hello, kKey);
  ASSERT_TRUE(authentic(hello, kKey) && authentic(answer, hello, kKey) &&
              authentic(proof, answer, hello, kKey));
  for (size_t i = 0; i < sizeof hello; ++i) {
    Hello bad = hello;
    reinterpret_cast<char*>(&bad)[i] ^= 1;
    EXPECT_FALSE(authentic(bad, kKey)) << i;
    if (i >= offsetof(Hello, mac)) continue;
    EXPECT_FALSE(authentic(answer, bad, kKey)) << i;
    EXPECT_FALSE(authentic(proof, answer, bad, kKey)) << i;
  }
  for (size_t i = offsetof(Answer, nonce); i < sizeof answer; ++i) {
    Answer bad = answer;
    reinterpret_cast<char*>(&bad)[i] ^= 1;
    EXPECT_FALSE(authentic(bad, hello, kKey)) << i;
  }
  Proof bad = proof;
  bad.mac[31] ^= 1;
  EXPECT_FALSE(authentic(bad, answer, hello, kKey));
  // What one side says cannot be sent back to it.
  EXPECT_NE(answer.mac, proof.mac);
  EXPECT_NE(make_hello(me, 0, Channel::control).nonce, hello.nonce);
}

}  // namespace
}  // namespace firesteel::testing
