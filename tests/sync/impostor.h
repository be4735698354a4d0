// SPDX-License-Identifier: Apache-2.0
// A peer that knows the key but then sends whatever a test wants: rank 1 of a mesh of two.
#pragma once

#include <memory>
#include <string>

#include "tests/sync/workers.h"

namespace firesteel::testing {

class Impostor {
 public:
  // Joins the mesh that this forms at the same time as rank 0.
  explicit Impostor(const std::function<void(MeshSpec&)>& tweak = {});
  void send(Channel channel, std::string_view bytes);
  void hang_up(Channel channel);

  std::unique_ptr<Mesh> victim;

 private:
  Door door_;
  Fd fds_[kChannels];
};

Fd connect_to(const Endpoint& endpoint);
// A frame header as rank 0 expects it in its first collective.
FrameHeader first_frame(FrameType type, uint64_t count, uint64_t bytes);

}  // namespace firesteel::testing
