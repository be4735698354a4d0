// SPDX-License-Identifier: Apache-2.0
// Lockstep: the parts of an iteration's batch that compute at the same time, on threads of this
// worker and on other workers, because they need sums over all of them on the way (BatchSums).
#pragma once

#include <condition_variable>
#include <exception>
#include <mutex>
#include <vector>

#include "core/collective.h"
#include "nn/batch_sums.h"

namespace firesteel {

class Lockstep {
 public:
  // What a part throws when another one, or a peer, failed.
  struct Stopped : std::exception {
    const char* what() const noexcept override { return "another part of the batch failed"; }
  };

  // leaves: of this worker's parts that have rows, increasing (core/reduction.h).
  Lockstep(Collective& peers, std::vector<int64_t> leaves);

  // For the i-th leaf's thread.
  BatchSums& part(size_t i) { return parts_[i]; }
  // Of a worker without rows: takes part in so many sums.
  void attend(int64_t sums);
  // A part failed: lets the others go. The first failure counts.
  void stop(std::exception_ptr error);

  // Of the sums over peers.
  const Result& result() const { return result_; }
  // The first failure of a part of this worker that was none of a peer; null: none.
  std::exception_ptr error() const { return error_; }

 private:
  struct Part final : BatchSums {
    void add_up(std::vector<double>& numbers) override { of->add_up(index, numbers); }
    Lockstep* of = nullptr;
    size_t index = 0;
  };
  void add_up(size_t part, std::vector<double>& numbers);
  void combine();

  Collective& peers_;
  std::vector<int64_t> leaves_;
  std::vector<Part> parts_;
  std::vector<std::vector<double>*> numbers_;  // of the parts that have come
  std::mutex mutex_;
  std::condition_variable changed_;
  size_t arrived_ = 0;
  uint64_t round_ = 0;
  bool stopped_ = false;
  Result result_ = Result::success();
  std::exception_ptr error_;
};

}  // namespace firesteel
