// SPDX-License-Identifier: Apache-2.0
// Torn and hostile messages of a peer that has passed the handshake.
#include <random>

#include "sync/reduce_scatter.h"
#include "tests/sync/expect.h"
#include "tests/sync/impostor.h"

namespace firesteel::testing {
namespace {

Result gather(Impostor& impostor) {
  std::vector<float> data(64);
  return impostor.victim->all_gather(data.data(), 64, DType::f32, nullptr);
}

Result reduce(Impostor& impostor) {
  std::vector<float> data(64), out(64);
  std::vector<Partial> nodes = {{0, 0, data.data(), {1.0}}};
  std::vector<double> scalars;
  return impostor.victim->reduce_scatter(nodes, 64, out.data(), &scalars, DType::f32);
}

std::string node_frame(FrameHeader header, const std::vector<NodeEntry>& entries,
                       const std::string& rest) {
  std::string bytes(bytes_of(header));
  for (const NodeEntry& entry : entries) bytes += bytes_of(entry);
  return bytes + rest;
}

TEST(Frames, bytes_that_are_no_frame) {
  Impostor impostor;
  impostor.send(Channel::data, std::string(100, 'x'));
  expect_in(gather(impostor).message(), "sent bytes that are no frame: the connection is corrupt");
}

TEST(Frames, torn_message) {
  Impostor impostor;
  auto header = first_frame(FrameType::slice, 64, 128);
  impostor.send(Channel::data, std::string(bytes_of(header)) + "torn");
  impostor.hang_up(Channel::data);
  Instant start = Clock::now();
  Result result = gather(impostor);
  EXPECT_EQ(result.suspect(), 1);
  expect_in(result.message(), "closed its data connection");
  EXPECT_LT(seconds(Clock::now() - start), 1.0);
}

TEST(Frames, wrong_sequence_type_size_and_wire) {
  auto answer_to = [](FrameHeader header) {
    Impostor impostor;
    impostor.send(Channel::data, bytes_of(header));
    return gather(impostor).message();
  };
  auto header = first_frame(FrameType::slice, 64, 128);
  header.sequence = 9;
  expect_in(answer_to(header), "is in all_gather #9 of 64 elements, this worker in all_gather #1");
  expect_in(answer_to(first_frame(FrameType::nodes, 64, 128)), "is in reduce_scatter #1");
  expect_in(answer_to(first_frame(static_cast<FrameType>(77), 64, 128)), "is in ? #1");
  header = first_frame(FrameType::slice, 64, 128);
  header.tag = 3;
  expect_in(answer_to(header), "(part 3)");
  header.tag = 0;
  header.wire = static_cast<WireType>(1);
  expect_in(answer_to(header), "sends bf16 in all_gather #1");
  expect_in(answer_to(first_frame(FrameType::slice, 64, 1ull << 60)),
            "sends 1152921504606846976 bytes where this worker expects 128");
}

TEST(Frames, hostile_node_tables) {
  auto answer_to = [](const std::string& bytes) {
    Impostor impostor;
    impostor.send(Channel::data, bytes);
    return reduce(impostor).message();
  };
  auto header = first_frame(FrameType::nodes, 64, 128);
  header.nodes = 0xffffffff;
  expect_in(answer_to(node_frame(header, {}, "")), "announces 4294967295 tree nodes");
  header.nodes = 1;
  std::string data(128, '\0');
  expect_in(answer_to(node_frame(header, {{.index = 1, .level = 63, .has_data = 1}}, data)),
            "(level 63, index 1) of worker 1 (127.0.0.1:9) is out of range");
  expect_in(answer_to(node_frame(header, {{.index = -1, .has_data = 1}}, data)), "out of range");
  expect_in(answer_to(node_frame(header, {{.index = 1, .scalars = 5, .has_data = 1}}, data)),
            "is corrupt");
  expect_in(answer_to(node_frame(header, {{.index = 0, .has_data = 1}}, data)),
            "hold leaf 0 of the sum");
  expect_in(answer_to(node_frame(header, {{.index = 1, .has_data = 0}}, data)),
            "announces 128 bytes, this worker expects 0 for 0 nodes of 32 elements");
}

TEST(Frames, announced_text_is_not_allocated) {
  Impostor impostor;
  impostor.send(Channel::data, bytes_of(first_frame(FrameType::text, 0, kMaxText)));
  impostor.hang_up(Channel::data);
  std::vector<std::string> all;
  EXPECT_FALSE(impostor.victim->exchange("", &all).ok());
  EXPECT_LT(all[1].capacity(), 4u << 20);
  Impostor greedy;
  greedy.send(Channel::data, bytes_of(first_frame(FrameType::text, 0, kMaxText + 1)));
  expect_in(greedy.victim->exchange("", &all).message(), "the limit is 1073741824");
}

TEST(Frames, nonsense_on_the_control_connection) {
  Impostor impostor;
  impostor.send(Channel::control, std::string(64, 'x'));
  Result result = gather(impostor);
  EXPECT_EQ(result.suspect(), 1);
  expect_in(result.message(), "worker 1 (127.0.0.1:9)");
}

TEST(Frames, absurd_ranks_in_an_abort) {
  Impostor impostor;
  ControlHeader header{.type = ControlType::abort, .suspect = 1'000'000, .reporter = 0xffffffff};
  impostor.send(Channel::control, bytes_of(header));
  Result result = gather(impostor);
  EXPECT_FALSE(result.ok());
  EXPECT_LT(result.suspect(), 2);
}

// A connected peer whose heartbeats never come is lost after the deadline, never before.
TEST(Frames, silence_is_noticed) {
  Impostor impostor([](MeshSpec& spec) {
    spec.form_deadline = Millis(300);
    spec.peer_deadline = Millis(300);
  });
  Instant start = Clock::now();
  Result result = gather(impostor);
  EXPECT_EQ(result.suspect(), 1);
  expect_in(result.message(), "has been silent for 0.");
  EXPECT_GT(seconds(Clock::now() - start), 0.4);
}

// Valid and mutated streams, fed in random portions: right sums, or a failure, never more.
TEST(Frames, mutated_node_streams) {
  std::mt19937_64 random(7);
  constexpr int64_t kCount = 70'000;
  std::vector<float> data(3 * kCount), out(kCount);
  std::vector<std::byte> window;
  // Half of the blocks are zero, and all of a long part, of which a sparse stream has nothing.
  for (size_t i = 0; i < data.size(); ++i) {
    bool zero = i / 16 % 2 == 0 || (i % kCount > 10'000 && i % kCount < 60'000);
    data[i] = zero ? 0.f : static_cast<float>(random() % 100);
  }
  int refused = 0, right = 0;
  for (int round = 0; round < 400; ++round) {
    std::vector<Partial> nodes;
    for (int64_t i = 0; i < static_cast<int64_t>(round % 4); ++i) {
      bool empty = random() % 4 == 0;
      nodes.push_back({0, 2 * i + 1, empty ? nullptr : data.data() + i * kCount, {1.0, 2.0}});
    }
    FrameHeader header = first_frame(FrameType::nodes, kCount, 0);
    Slice part{random() % 2 ? 0 : kCount - 100, kCount};
    // All numbers here have few enough bits for any of them.
    constexpr DType kWires[] = {DType::f32, DType::bf16, DType::f16};
    Wire wire(kWires[random() % 3], random() % 2 == 0);
    header.wire = wire_type(wire.type);
    NodeSource source(header, nodes, part, wire);
    std::string stream;
    iovec pieces[3];
    for (int filled; (filled = source.next(pieces)) > 0;) {
      size_t take = 1 + random() % pieces[0].iov_len;
      stream.append(static_cast<const char*>(pieces[0].iov_base), take);
      source.sent(take);
    }
    bool mutated = round >= 200;
    if (mutated) {
      size_t masks = wire.sparse ? nodes.size() * BlockMask::bytes(part.size()) : 0;
      size_t head = std::min<size_t>(stream.size(), 48 + nodes.size() * 40 + masks);
      for (int i = 0; i < 2; ++i) stream[random() % head] ^= static_cast<char>(1 << random() % 8);
    }
    NodeSink sink(header, part.size(), &window, "peer", wire);
    NodeSink* peers[] = {&sink};
    std::vector<double> scalars;
    std::fill(out.begin(), out.end(), -1.f);
    Summation sum({}, {0, part.size()}, peers, "me");
    sum.to(out.data(), &scalars);
    Result result = Result::success();
    size_t at = 0;
    while (result.ok() && at < stream.size() && !sink.done()) {
      auto room = sink.room();
      size_t portion = std::min({room.size(), stream.size() - at, size_t{1} + random() % 50'000});
      ASSERT_GT(portion, 0u);
      std::memcpy(room.data(), stream.data() + at, portion);
      at += portion;
      result = sink.received(portion);
      if (result.ok()) result = sum.advance();
    }
    if (mutated) {
      refused += !result.ok();
      continue;
    }
    ASSERT_TRUE(result.ok() && sink.done() && at == stream.size()) << result.message();
    for (int64_t i = 0; i < part.size(); i += 13) {
      float expected = 0;
      for (auto& node : nodes) expected += node.data ? node.data[part.begin + i] : 0.f;
      ASSERT_EQ(out[static_cast<size_t>(i)], expected) << i;
    }
    ++right;
  }
  EXPECT_EQ(right, 200);
  EXPECT_GT(refused, 60);
}

}  // namespace
}  // namespace firesteel::testing
