// SPDX-License-Identifier: Apache-2.0
#include "jvm/launch/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <thread>

extern char** environ;

namespace firesteel::spark {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP};
std::atomic<int> signal_arrived{0};
struct sigaction old_actions[std::size(kSignals)];

std::vector<std::string> environment_with(const std::map<std::string, std::string>& changes) {
  std::vector<std::string> out;
  for (char** e = environ; *e; ++e) {
    std::string entry = *e;
    if (!changes.count(entry.substr(0, entry.find('=')))) out.push_back(std::move(entry));
  }
  for (const auto& [name, value] : changes) out.push_back(name + "=" + value);
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> out;
  for (std::string& s : strings) out.push_back(s.data());
  out.push_back(nullptr);
  return out;
}

// In the child, between fork and exec: only what a signal handler may call.
[[noreturn]] void become(char* const* argv, char* const* env, int out, int err, int failure,
                         pid_t parent) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  for (int s : kSignals) signal(s, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  int in = open("/dev/null", O_RDONLY);
  bool ready = in >= 0 && dup2(in, 0) >= 0 && dup2(out, 1) >= 0 && dup2(err, 2) >= 0;
  if (ready && getppid() == parent) execve(argv[0], argv, env);
  int why = errno;
  [[maybe_unused]] auto written = write(failure, &why, sizeof why);
  _exit(127);
}

}  // namespace

Child::Child(const Command& command) {
  auto argv_strings = command.argv;
  auto env_strings = environment_with(command.env);
  auto argv = pointers(argv_strings);
  auto env = pointers(env_strings);
  auto cannot = [&](int why) {
    fail<SystemError>(command.argv[0], ": cannot run, ", std::strerror(why));
  };

  int out[2], failure[2];
  if (pipe2(out, O_CLOEXEC) != 0) cannot(errno);
  if (pipe2(failure, O_CLOEXEC) != 0) cannot(errno);
  int err = open(command.stderr_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  int why = errno;
  pid_t parent = getpid();
  if (err >= 0) {
    pid_ = fork();
    why = errno;
    if (pid_ == 0) become(argv.data(), env.data(), out[1], err, failure[1], parent);
    close(err);
  }
  close(out[1]);
  close(failure[1]);
  out_ = out[0];
  if (pid_ > 0) {
    setpgid(pid_, pid_);  // here too, so that the group is there whoever comes first
    ssize_t n = read(failure[0], &why, sizeof why);
    close(failure[0]);
    if (n != sizeof why) return;
    waitpid(pid_, nullptr, 0);
  } else {
    close(failure[0]);
  }
  pid_ = -1;
  close(out_);
  out_ = -1;
  cannot(why);
}

Child::~Child() {
  if (pid_ > 0) {
    kill(-pid_, SIGKILL);
    if (!exit_code_) waitpid(pid_, nullptr, 0);
  }
  if (out_ >= 0) close(out_);
}

bool Child::reap() {
  if (exit_code_) return true;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return false;
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return true;
}

bool Child::take_line(std::string* line, bool at_end) {
  auto end = pending_.find('\n');
  if (end == std::string::npos && (!at_end || pending_.empty())) return false;
  *line = pending_.substr(0, end);
  pending_.erase(0, end == std::string::npos ? end : end + 1);
  return true;
}

Child::Got Child::read_line(std::string* line, Milliseconds patience) {
  auto deadline = Clock::now() + patience;
  bool open_end = out_ >= 0;
  while (true) {
    if (take_line(line, false)) return Got::line;
    // Grandchildren may hold the pipe open after the child has gone, so its exit is an end, too.
    bool gone = reap();
    if (!open_end && gone) return take_line(line, true) ? Got::line : Got::end;
    auto left = std::chrono::duration_cast<Milliseconds>(deadline - Clock::now());
    if (left <= Milliseconds(0) && !gone) return Got::nothing;
    if (!open_end) {  // it closed its stdout and lives on
      std::this_thread::sleep_for(std::min(left, Milliseconds(20)));
      continue;
    }
    pollfd wait{out_, POLLIN, 0};
    int wait_ms = gone ? 50 : static_cast<int>(std::min(left, Milliseconds(200)).count());
    if (poll(&wait, 1, wait_ms) <= 0) {
      if (gone) open_end = false;
      if (signal_arrived) return Got::nothing;
      continue;
    }
    char buffer[1 << 14];
    ssize_t n = read(out_, buffer, sizeof buffer);
    if (n > 0) {
      pending_.append(buffer, static_cast<size_t>(n));
    } else if (n == 0) {
      open_end = false;
      close(out_);
      out_ = -1;
    }
  }
}

void Child::terminate(Milliseconds grace) {
  if (pid_ <= 0) return;
  kill(-pid_, SIGTERM);
  auto deadline = Clock::now() + grace;
  while (!reap() && Clock::now() < deadline) std::this_thread::sleep_for(Milliseconds(20));
  kill(-pid_, SIGKILL);
  if (!exit_code_) {
    int status = 0;
    waitpid(pid_, &status, 0);
    exit_code_ = 128 + SIGKILL;
  }
}

std::optional<std::string> capture(const Command& command, Milliseconds patience) {
  Child child(command);
  auto deadline = Clock::now() + patience;
  std::string out, line;
  while (true) {
    auto left = std::chrono::duration_cast<Milliseconds>(deadline - Clock::now());
    switch (child.read_line(&line, std::max(left, Milliseconds(0)))) {
      case Child::Got::line:
        out += line + "\n";
        break;
      case Child::Got::nothing:
        return std::nullopt;
      case Child::Got::end:
        if (child.exit_code() != 0) return std::nullopt;
        return out;
    }
  }
}

bool is_executable(const std::string& path) {
  return !path.empty() && access(path.c_str(), X_OK) == 0;
}

std::string find_on_path(const std::string& name) {
  const char* value = std::getenv("PATH");
  std::string path = value ? value : "/usr/bin:/bin";
  for (size_t at = 0; at <= path.size();) {
    size_t end = std::min(path.find(':', at), path.size());
    std::string candidate = path.substr(at, end - at) + "/" + name;
    if (end > at && is_executable(candidate)) return candidate;
    at = end + 1;
  }
  return "";
}

SignalWatch::SignalWatch() {
  signal_arrived = 0;
  struct sigaction watch{};
  watch.sa_handler = [](int s) { signal_arrived = s; };
  sigemptyset(&watch.sa_mask);
  for (size_t i = 0; i < std::size(kSignals); ++i) {
    sigaction(kSignals[i], &watch, &old_actions[i]);
  }
}

SignalWatch::~SignalWatch() {
  for (size_t i = 0; i < std::size(kSignals); ++i) {
    sigaction(kSignals[i], &old_actions[i], nullptr);
  }
  signal_arrived = 0;
}

int SignalWatch::arrived() const { return signal_arrived; }

}  // namespace firesteel::spark
