// SPDX-License-Identifier: Apache-2.0
// Somebody between two workers: passes on what they say, keeps it, and changes it where a test wants.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/sync/workers.h"

namespace firesteel::testing {

class Relay {
 public:
  // change(all that has passed in this direction of this connection so far, what passes now)
  using Change = std::function<void(size_t passed, std::span<char> now)>;

  explicit Relay(const Endpoint& to, Change change = {});
  ~Relay();
  const Endpoint& endpoint() const { return endpoint_; }
  std::string heard() const;  // of all connections and directions, mixed

 private:
  void serve();
  void pass(int from, int to);

  Endpoint to_, endpoint_;
  Change change_;
  Fd socket_;
  std::atomic<bool> stopping_{false};
  std::vector<Fd> ends_;
  std::thread thread_;
  std::vector<std::thread> passing_;
  mutable std::mutex mutex_;
  std::string heard_;
};

}  // namespace firesteel::testing
