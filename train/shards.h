// SPDX-License-Identifier: Apache-2.0
// The shards that a worker holds, and gathering rows of them into a batch.
#pragma once

#include <map>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "core/block.h"
#include "nn/loss.h"
#include "train/sampler.h"

namespace firesteel {

class Shards {
 public:
  // Throws FormatError when the bytes are no block, ShapeError when its rows differ from those of
  // the other shards.
  void add(int shard, std::string bytes);
  bool has(int shard) const;
  const Block& block(int shard) const;

  // Copies rows into plain f32 (bytes become 0..1) and their labels behind each other.
  void gather(std::span<const SampleRef> samples, float* x, std::vector<std::byte>* y) const;

 private:
  struct Held {
    std::string bytes;
    Block block;
  };
  mutable std::mutex mutex_;
  std::map<int, Held> held_;
};

// Rows [begin, end) of a block as plain f32.
void copy_rows(const Block& block, int64_t begin, int64_t end, float* x);
// Labels of a block's rows.
Labels labels_of(const Block& block, int64_t begin = 0);

}  // namespace firesteel
