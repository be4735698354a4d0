// SPDX-License-Identifier: Apache-2.0
// BucketSums: sums the gradients of this worker's threads in the fixed tree of core/reduction.h,
// bucket by bucket while backward runs. Where two neighbours in the tree are final in a bucket, the
// thread that came later adds them up, so the work is spread and nobody waits.
#pragma once

#include <functional>
#include <mutex>
#include <span>
#include <vector>

#include "core/collective.h"
#include "core/reduction.h"

namespace firesteel {

class BucketSums {
 public:
  explicit BucketSums(std::vector<Slice> buckets) : buckets_(std::move(buckets)) {}

  // For the next iteration. on_final(bucket) is called once for each, by the thread that added up the
  // last of it.
  void begin(int threads, std::function<void(size_t)> on_final);

  // By every thread, before it reports a bucket: its nodes, all together disjoint. Their data are
  // whole flat buffers, which the sums are written to.
  void hold(int thread, std::span<const Partial> nodes);
  // The thread's nodes are final in this bucket.
  void finish(int thread, size_t bucket);
  // Likewise in all buckets that the thread has not reported.
  void finish(int thread);

  // Once a bucket is final: the nodes that are left, the same ones in all buckets.
  std::span<const Partial> roots() const { return roots_; }
  // The numbers of the only one, to be worked on in place; null: there are others, or it has none.
  float* sum() const;

 private:
  struct Item {
    Partial node;
    int thread = -1;  // of a node that a thread holds; -1: a sum
  };
  struct Sum {
    size_t left, right, into;  // items
  };
  // What became of an item in a bucket.
  enum class State : char { none, there, taken };

  void plan();
  void add_up(size_t bucket, std::unique_lock<std::mutex>& lock);
  State& state(size_t bucket, size_t item) { return states_[bucket * items_.size() + item]; }
  void add(const Sum& sum, Slice bucket) const;

  std::vector<Slice> buckets_;
  std::function<void(size_t)> on_final_;
  std::mutex mutex_;
  size_t threads_ = 0, held_ = 0;
  std::vector<Item> items_;  // of the threads, then sums
  std::vector<Sum> sums_;
  std::vector<size_t> left_;  // items that are in no sum
  std::vector<Partial> roots_;  // these
  std::vector<char> arrived_;  // by bucket and thread
  std::vector<State> states_;  // by bucket and item
  std::vector<char> final_;  // by bucket
};

}  // namespace firesteel
