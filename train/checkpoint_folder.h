// SPDX-License-Identifier: Apache-2.0
// A folder of checkpoints, step-0000000120.safetensors and so on, and best.safetensors; the same on Spark.
#pragma once

#include <cstdint>
#include <future>
#include <string>
#include <vector>

namespace firesteel {

// Writes checkpoints while the fit goes on.
class CheckpointFolder {
 public:
  // keep: so many of the newest.
  CheckpointFolder(std::string folder, int64_t keep);
  ~CheckpointFolder();  // waits

  // Begins to write one as soon as the one before is there; throws SystemError, afterwards, where that could not be
  // written. best: also as the best.
  void write(int64_t step, std::string bytes, bool best);
  // Until the newest one is there. Throws SystemError.
  void wait();
  // The paths of all but the best, the newest first.
  std::vector<std::string> newest() const;

 private:
  void write_now(int64_t step, const std::string& bytes, bool best) const;

  std::string folder_;
  int64_t keep_;
  std::future<void> writing_;
};

}  // namespace firesteel
