// SPDX-License-Identifier: Apache-2.0
// libFuzzer target (./dev build fuzz): what a peer that knows the key may send. Whatever it is, each receiver
// takes it or says in a sentence what is wrong, in memory that does not grow with what is only announced.
#ifdef FIRESTEEL_FUZZ
#include <sys/socket.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "sync/control_link.h"
#include "sync/frames.h"
#include "sync/handshake.h"
#include "sync/node_streams.h"
#include "sync/reduce_scatter.h"

namespace {

using namespace firesteel;

struct Input {
  const uint8_t* at;
  size_t left;
  uint8_t byte() { return left == 0 ? 0 : (--left, *at++); }
};

// Hands the input over in pieces, as sockets do. The first frame's magic word, sequence and so on are right half
// of the time, so that what lies behind them is reached.
void feed(Sink& sink, Input& in, const FrameHeader& expected, bool helped,
          const std::function<Result()>& on_progress = {}) {
  FrameHeader header = expected;
  std::string bytes;
  if (helped) {
    std::memcpy(&header.bytes, in.at, std::min(in.left, sizeof header.bytes));
    header.nodes = in.byte();
    header.scalars = in.byte();
    bytes.assign(bytes_of(header));
  }
  bytes.append(reinterpret_cast<const char*>(in.at), in.left);
  std::string_view rest = bytes;
  while (!rest.empty() && !sink.done()) {
    auto room = sink.room();
    if (room.empty()) {
      if (!on_progress || !on_progress().ok() || sink.room().empty()) return;
      continue;
    }
    size_t part = std::min({room.size(), rest.size(), size_t{1} + rest.size() / 3});
    std::memcpy(room.data(), rest.data(), part);
    rest.remove_prefix(part);
    if (!sink.received(part).ok()) return;
    if (on_progress && !on_progress().ok()) return;
  }
}

void nodes(Input in, bool helped, bool sparse) {
  int64_t count = in.byte() * 7;
  FrameHeader expected;
  expected.type = FrameType::nodes;
  expected.sequence = 1;
  expected.count = static_cast<uint64_t>(count);
  Wire wire(in.byte() % 2 ? DType::bf16 : DType::f32, sparse);
  expected.wire = wire_type(wire.type);
  std::vector<std::byte> window;
  NodeSink sink(expected, count, &window, "worker 1", wire);
  NodeSink* sinks[] = {&sink};
  std::vector<float> own(static_cast<size_t>(count), 1.f), out(own.size());
  std::vector<double> scalars;
  Partial node{0, 0, own.data(), {1.0}};
  Summation sum({&node, 1}, {0, count}, sinks, "worker 0");
  sum.to(out.data(), &scalars);
  feed(sink, in, expected, helped, [&] { return sum.advance(); });
}

void text(Input in, bool helped) {
  FrameHeader expected;
  expected.type = FrameType::text;
  std::string got;
  TextSink sink(expected, &got, "worker 1", 1 << 20);
  feed(sink, in, expected, helped);
  if (got.size() > (2u << 20)) std::abort();
}

void block(Input in, bool helped) {
  std::vector<std::byte> first(in.byte()), second(in.byte());
  FrameHeader expected;
  expected.type = FrameType::copy;
  BlockSink sink(expected, {first, second}, "worker 1");
  feed(sink, in, expected, helped);
}

// Through sockets: heartbeats and bad news, as they are and sealed.
void control(Input in, bool sealed) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) != 0) return;
  Fd writer(ends[0]);
  Bytes32 key{};
  ControlLink link(Link(Fd(ends[1]), sealed ? std::make_unique<Seal>(key, key) : nullptr));
  size_t at = 0;
  std::vector<ControlMessage> messages;
  while (at < in.left) {
    long sent = send_some(writer.get(), in.at + at, std::min<size_t>(in.left - at, 4096));
    if (sent > 0) at += static_cast<size_t>(sent);
    if (sent < 0 || !link.receive(&messages)) return;
  }
  for (const ControlMessage& message : messages) {
    if (message.reason.size() > kMaxReason) std::abort();
  }
}

void handshake(Input in) {
  Identity me{{}, 3, 0, 4, std::string(kKeyBytes, 'k'), false};
  std::string bytes(reinterpret_cast<const char*>(in.at), in.left);
  bytes.resize(sizeof(Hello) + sizeof(Answer) + sizeof(Proof));
  auto hello = from_bytes<Hello>(bytes.data());
  auto answer = from_bytes<Answer>(bytes.data() + sizeof hello);
  auto proof = from_bytes<Proof>(bytes.data() + sizeof hello + sizeof answer);
  // Nobody guesses a code of 256 bits.
  if (objection(hello, me) != Refusal::key || authentic(answer, hello, me.key) ||
      authentic(proof, answer, hello, me.key)) {
    std::abort();
  }
  (void)to_string(answer.refusal);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Input in{data, size};
  uint8_t kind = in.byte();
  bool helped = kind & 0x80;
  switch (kind % 7) {
    case 0:
      nodes(in, helped, false);
      break;
    case 1:
      nodes(in, helped, true);
      break;
    case 2:
      text(in, helped);
      break;
    case 3:
      block(in, helped);
      break;
    case 4:
    case 5:
      control(in, kind % 7 == 5);
      break;
    default:
      handshake(in);
  }
  return 0;
}
#endif
