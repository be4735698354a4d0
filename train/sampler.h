// SPDX-License-Identifier: Apache-2.0
// Which samples form a step: a function of (seed, step) and of the shards' sizes, never of workers
// or threads. In an epoch every sample appears exactly once.
//
// Within an epoch each shard is gone through in a random order, and the shards are interleaved
// evenly: the k-th sample of a shard of n rows stands at (2k + 1) / 2n of the epoch. So each step
// takes from every shard in proportion to its size, wherever the shards are.
//
// With weights an epoch has as many samples as there are rows, from each shard in proportion to the sum of its rows'
// weights; which of its rows they are is drawn, with replacement, by who has their weights (Shards::drawn).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace firesteel {

struct SampleRef {
  int shard;
  int64_t row;  // within the shard; with weights, a random number from 0 on that says which
};

class Sampler {
 public:
  // shard_weights: sums of weights, or none.
  Sampler(std::vector<int64_t> shard_rows, int64_t batch_size, uint64_t seed,
          const std::vector<double>& shard_weights = {});

  bool weighted() const { return weighted_; }
  int64_t rows() const { return rows_; }
  int64_t steps_per_epoch() const { return (rows_ + batch_ - 1) / batch_; }
  // The samples of a step, counted over all epochs; the last step of an epoch may have fewer.
  // Steps in increasing order are cheap, going back is a new start of the epoch.
  std::vector<SampleRef> step(int64_t step);
  // The data set's number of a shard's first row.
  int64_t first_row(int shard) const { return first_rows_[static_cast<size_t>(shard)]; }

 private:
  struct Cursor {
    int shard;
    int64_t taken;
  };
  bool later(const Cursor& a, const Cursor& b) const;
  void start(int64_t epoch);
  SampleRef next();

  void share(const std::vector<double>& weights);

  std::vector<int64_t> shard_samples_, first_rows_;  // of an epoch; of the data set
  bool weighted_ = false;
  int64_t rows_ = 0;
  int64_t batch_;
  uint64_t seed_;
  int64_t epoch_ = -1;
  int64_t position_ = 0;  // samples of the epoch taken so far
  std::vector<Cursor> heap_;  // the shard whose next sample comes first is on top
};

}  // namespace firesteel
