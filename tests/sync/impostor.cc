// SPDX-License-Identifier: Apache-2.0
#include "tests/sync/impostor.h"

#include <poll.h>

#include <thread>

#include "core/sha256.h"

namespace firesteel::testing {
namespace {

void wait_for(const Fd& fd, short events) {
  pollfd waiting{fd.get(), events, 0};
  if (::poll(&waiting, 1, 5000) <= 0) fail<SystemError>("no answer");
}

}  // namespace

Fd connect_to(const Endpoint& endpoint) {
  std::vector<SocketAddress> addresses;
  Lookup lookup(endpoint, false);
  lookup.wait(Clock::now() + Millis(1000), &addresses).throw_if_failed();
  int error = 0;
  Fd fd = begin_connect(addresses.at(0), &error);
  wait_for(fd, POLLOUT);
  return fd;
}

Impostor::Impostor(const std::function<void(MeshSpec&)>& tweak) {
  MeshSpec spec;
  spec.fit_id = "impostor";
  spec.peers = {door_.endpoint, {"127.0.0.1", 9}};
  spec.key = kKey;
  if (tweak) tweak(spec);
  Result formed = Result::success();
  std::thread forming([&] { formed = Mesh::form(*door_.listener, spec, &victim); });
  Identity me{sha256(spec.fit_id), 0, 1, 2, kKey};
  for (Channel channel : {Channel::data, Channel::control}) {
    Fd fd = connect_to(door_.endpoint);
    Hello hello = make_hello(me, 0, channel);
    send_some(fd.get(), &hello, sizeof hello);
    wait_for(fd, POLLIN);
    Answer answer;
    receive_some(fd.get(), &answer, sizeof answer);
    Proof proof = make_proof(answer, hello, kKey);
    send_some(fd.get(), &proof, sizeof proof);
    fds_[static_cast<int>(channel)] = std::move(fd);
  }
  forming.join();
  formed.throw_if_failed();
}

void Impostor::send(Channel channel, std::string_view bytes) {
  const Fd& fd = fds_[static_cast<int>(channel)];
  while (!bytes.empty()) {
    long sent = send_some(fd.get(), bytes.data(), bytes.size());
    if (sent < 0) return;
    bytes.remove_prefix(static_cast<size_t>(sent));
    if (sent == 0) wait_for(fd, POLLOUT);
  }
}

void Impostor::hang_up(Channel channel) { fds_[static_cast<int>(channel)].reset(); }

FrameHeader first_frame(FrameType type, uint64_t count, uint64_t bytes) {
  FrameHeader header;
  header.type = type;
  header.sequence = 1;
  header.count = count;
  header.bytes = bytes;
  return header;
}

}  // namespace firesteel::testing
