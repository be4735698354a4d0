// SPDX-License-Identifier: Apache-2.0
// A file for what is too much for memory: bytes go to its end, and are read back from anywhere. It has no name, so
// that it is gone with the process, however that ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "sync/at_rest.h"

namespace firesteel {

class SpillFile {
 public:
  // Throws SystemError, also below.
  SpillFile(const std::string& folder, bool encrypted);
  ~SpillFile();
  SpillFile(const SpillFile&) = delete;

  // Returns where they are.
  uint64_t append(std::string bytes);
  // Threads may read at the same time.
  void read(uint64_t offset, std::span<std::byte> to) const;
  // They will be read soon: the kernel may fetch them meanwhile.
  void expect(uint64_t offset, size_t bytes) const;

 private:
  std::string folder_;
  int file_ = -1;
  uint64_t size_ = 0;
  std::optional<AtRest> cipher_;
};

}  // namespace firesteel
