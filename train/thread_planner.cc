// SPDX-License-Identifier: Apache-2.0
#include "train/thread_planner.h"

#include <algorithm>

#include "core/names.h"

namespace firesteel {
namespace {

// Steps of a trial; the first one compiles the plans and does not count.
constexpr size_t kWarmUp = 1, kSteps = 5;
// By how much fewer replicas have to be faster: they are tried while others may use the machine.
constexpr double kClearly = 0.95;
// Two threads in one replica gained 2 % at most with any model, and trying costs memory.
constexpr int kLeastThreads = 4;

constexpr Names<3> kModes = {"auto", "replicas", "split"};

}  // namespace

ThreadMode thread_mode_from(std::string_view name) {
  return value_of<ThreadMode>(name, kModes, "thread_mode");
}
std::string_view name_of(ThreadMode mode) { return kModes[static_cast<size_t>(mode)]; }

ThreadPlanner::ThreadPlanner(int threads, int64_t most_replicas, ThreadMode mode, bool measure) {
  int replicas = mode == ThreadMode::split ? 1 : threads;
  if (mode == ThreadMode::automatic) {
    replicas = static_cast<int>(std::clamp<int64_t>(most_replicas, 1, threads));
  }
  trials_.push_back({{replicas, threads / replicas}, {}});
  if (mode == ThreadMode::automatic && measure && threads >= kLeastThreads) {
    for (int fewer = replicas / 2; fewer > 0; fewer /= 2) {
      trials_.push_back({{fewer, threads / fewer}, {}});
    }
  }
  settled_ = trials_.size() == 1;
}

double ThreadPlanner::Trial::median() const {
  std::vector<double> counted(seconds.begin() + kWarmUp, seconds.end());
  std::nth_element(counted.begin(), counted.begin() + kSteps / 2, counted.end());
  return counted[kSteps / 2];
}

void ThreadPlanner::took(double seconds) {
  if (settled_) return;
  trials_[at_].seconds.push_back(seconds);
  if (trials_[at_].seconds.size() == kWarmUp + kSteps) end_trial();
}

// Downhill: the first division that is no faster than the one before ends the search.
void ThreadPlanner::end_trial() {
  bool better = at_ == 0 || trials_[at_].median() < kClearly * trials_[best_].median();
  if (better) best_ = at_;
  settled_ = !better || at_ + 1 == trials_.size();
  at_ = settled_ ? best_ : at_ + 1;
}

}  // namespace firesteel
