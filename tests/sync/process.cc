// SPDX-License-Identifier: Apache-2.0
#include "tests/sync/process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

extern char** environ;

namespace firesteel::testing {

Process::Process(const std::vector<std::string>& arguments) {
  auto path = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "sync_worker_main";
  int out[2], in[2];
  if (::pipe2(out, O_CLOEXEC) != 0 || ::pipe2(in, O_CLOEXEC) != 0) fail<SystemError>("pipe2");
  output_ = Fd(out[0]);
  input_ = Fd(in[1]);
  Fd child_out(out[1]), child_in(in[0]);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, child_in.get(), 0);
  posix_spawn_file_actions_adddup2(&actions, child_out.get(), 1);
  std::vector<std::string> words = {path.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  int error = posix_spawn(&pid_.value, path.c_str(), &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error) fail<SystemError>("cannot start ", path.string(), ": ", errno_text(error));
}

Process::~Process() {
  if (pid_.value < 0) return;
  ::kill(pid_.value, SIGKILL);
  ::waitpid(pid_.value, nullptr, 0);
}

std::string Process::line(Millis patience) {
  Instant deadline = Clock::now() + patience;
  for (;;) {
    size_t end = pending_.find('\n');
    if (end != std::string::npos) {
      std::string line = pending_.substr(0, end);
      pending_.erase(0, end + 1);
      return line;
    }
    pollfd reading{output_.get(), POLLIN, 0};
    if (::poll(&reading, 1, poll_timeout(deadline)) <= 0) {
      fail<SystemError>("process ", pid_.value, " said nothing for ", in_words(patience));
    }
    char buffer[4096];
    auto got = ::read(output_.get(), buffer, sizeof buffer);
    if (got <= 0) fail<SystemError>("process ", pid_.value, " ended");
    pending_.append(buffer, static_cast<size_t>(got));
  }
}

void Process::say(const std::string& line) {
  std::string text = line + "\n";
  if (::write(input_.get(), text.data(), text.size()) < 0) fail<SystemError>("write to a process");
}

void Process::signal(int number) { ::kill(pid_.value, number); }

std::vector<Process> start_workers(int size, const std::string& task, int peer_deadline_ms) {
  std::vector<Process> workers;
  for (int rank = 0; rank < size; ++rank) {
    workers.emplace_back(std::vector<std::string>{cat(rank), task, cat(peer_deadline_ms)});
  }
  std::string ports;
  for (auto& worker : workers) ports += worker.line() + " ";
  for (auto& worker : workers) worker.say(ports);
  for (auto& worker : workers) {
    std::string line = worker.line();
    if (line != "formed") fail<SystemError>("a worker said: ", line);
  }
  return workers;
}

}  // namespace firesteel::testing
