// SPDX-License-Identifier: Apache-2.0
// ThreadPlanner: into how many replicas a machine's threads are divided, found by measuring the
// first steps of a fit. They are steps like any other, so nothing is computed in vain.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace firesteel {

// How threads share a step: each computes micro-batches of its own (replicas), or all of them every
// operation (split).
enum class ThreadMode { automatic, replicas, split };
// "auto", "replicas", "split". Throws AttrError.
ThreadMode thread_mode_from(std::string_view name);
std::string_view name_of(ThreadMode mode);

class ThreadPlanner {
 public:
  // Replicas, and threads of each.
  struct Division {
    int replicas = 1, inside = 1;
    bool operator==(const Division&) const = default;
  };

  // most_replicas: as many as there is work for. With measure = false, and for a few threads, the division is the one with
  // the most replicas, as it is for threads that modes other than automatic ask for.
  ThreadPlanner(int threads, int64_t most_replicas, ThreadMode mode, bool measure);

  const Division& now() const { return trials_[at_].division; }
  bool settled() const { return settled_; }
  // A step with the division of now() took so long, while not settled.
  void took(double seconds);

 private:
  struct Trial {
    Division division;
    std::vector<double> seconds;
    double median() const;
  };
  void end_trial();

  std::vector<Trial> trials_;  // from the most replicas to one
  size_t at_ = 0, best_ = 0;
  bool settled_ = false;
};

}  // namespace firesteel
