// SPDX-License-Identifier: Apache-2.0
// The shards that a worker holds, in memory or in files, and gathering rows of them into a batch.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "core/block.h"
#include "nn/loss.h"
#include "train/sampler.h"
#include "train/spill_file.h"

namespace firesteel {

class Shards {
 public:
  // Shards that come when `memory` bytes of others are in memory go to a file in each of these folders in turn.
  void spill(const std::vector<std::string>& folders, int64_t memory, bool encrypted);

  // Throws FormatError when the bytes are no block, ShapeError when its rows differ from those of
  // the other shards, SystemError when its file cannot be written.
  void add(int shard, std::string bytes);
  bool has(int shard) const;
  // x and y are null where the shard is in a file.
  const Block& block(int shard) const;
  int64_t bytes_in_files() const;

  // With weights: the row that a sampler's random number stands for. Throws SystemError where the shard has none.
  SampleRef drawn(SampleRef sample) const;

  // Copies rows into plain f32 (bytes become 0..1) and their labels behind each other.
  void gather(std::span<const SampleRef> samples, float* x, std::vector<std::byte>* y) const;
  // Those of them that are in files will be gathered soon.
  void expect(std::span<const SampleRef> samples) const;

 private:
  struct Held {
    std::string bytes;
    Block block;
    const SpillFile* file = nullptr;
    uint64_t x = 0, y = 0;  // places in the file
    std::vector<double> weights;  // sums of those up to and with each row
  };
  const Held& held(int shard) const;
  void put_into_file(int shard, Held* held);
  void open_files();

  mutable std::mutex mutex_;
  std::map<int, Held> held_;
  std::vector<std::string> folders_;
  std::vector<std::unique_ptr<SpillFile>> files_;  // in them, once they are needed
  bool encrypted_ = false;
  int64_t memory_ = 0;  // that shards may take, where there are folders
  int64_t in_memory_ = 0, in_files_ = 0;  // bytes
};

// Rows [begin, end) of a block as plain f32.
void copy_rows(const Block& block, int64_t begin, int64_t end, float* x);
// Labels of a block's rows.
Labels labels_of(const Block& block, int64_t begin = 0);

}  // namespace firesteel
