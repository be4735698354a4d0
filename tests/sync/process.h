// SPDX-License-Identifier: Apache-2.0
// Workers as real processes (sync_worker_main), to be killed and frozen.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "sync/socket.h"

namespace firesteel::testing {

class Process {
 public:
  // Starts sync_worker_main, which lies beside this executable.
  explicit Process(const std::vector<std::string>& arguments);
  Process(Process&&) = default;
  ~Process();  // kills

  // The next line of its output; throws when it does not come in time.
  std::string line(Millis patience = Millis(20'000));
  void say(const std::string& line);
  void signal(int number);

 private:
  struct Pid {
    pid_t value = -1;
    Pid() = default;
    Pid(Pid&& other) noexcept : value(std::exchange(other.value, -1)) {}
  } pid_;
  Fd output_, input_;
  std::string pending_;
};

// size workers that know each other; each has printed "formed".
std::vector<Process> start_workers(int size, const std::string& task, int peer_deadline_ms);

}  // namespace firesteel::testing
