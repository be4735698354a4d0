// SPDX-License-Identifier: Apache-2.0
// A child process in a group of its own: no shell, no zombie, no orphan.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"

namespace firesteel::spark {

using Milliseconds = std::chrono::milliseconds;

// SIGINT, SIGTERM or SIGHUP arrived while a child ran; the child has been ended.
struct Interrupted : SystemError {
  explicit Interrupted(int signal_) : SystemError("interrupted"), signal(signal_) {}
  int signal;
};

struct Command {
  std::vector<std::string> argv;                 // argv[0] is a path
  std::map<std::string, std::string> env;        // replaces or adds to ours
  std::string stderr_path = "/dev/null";
};

class Child {
 public:
  explicit Child(const Command& command);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();  // kills what is left of the group

  enum class Got { line, nothing, end };
  // Waits for a line of the child's stdout, at most `patience`.
  Got read_line(std::string* line, Milliseconds patience);
  // The exit code, 128 + signal when a signal ended it; valid once read_line said `end`.
  int exit_code() const { return exit_code_.value_or(-1); }
  // SIGTERM to the group, SIGKILL to those that are there after `grace`.
  void terminate(Milliseconds grace);

 private:
  bool take_line(std::string* line, bool at_end);
  bool reap();

  pid_t pid_ = -1;
  int out_ = -1;
  std::string pending_;
  std::optional<int> exit_code_;
};

// stdout of a short command, or nothing when it failed or took longer than `patience`.
std::optional<std::string> capture(const Command& command, Milliseconds patience);

// The executable of that name on PATH, or "".
std::string find_on_path(const std::string& name);
bool is_executable(const std::string& path);

// While it lives, SIGINT, SIGTERM and SIGHUP only set a flag.
class SignalWatch {
 public:
  SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;
  ~SignalWatch();
  int arrived() const;  // the signal, or 0
};

}  // namespace firesteel::spark
