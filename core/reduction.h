// SPDX-License-Identifier: Apache-2.0
// Sums over micro-batches in one fixed binary tree, so that the bits of a sum do not depend on
// which thread or worker computed which leaf.
//
// Node (level, index) covers the leaves [index << level, (index + 1) << level) and equals
// left child + right child. A leaf that had no samples adds nothing: its parent is the other child.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace firesteel {

// A node of the tree, or nothing when data is null (all its leaves were empty).
struct Partial {
  int level = 0;
  int64_t index = 0;
  const float* data = nullptr;
  std::vector<double> scalars;  // loss sum, normaliser, metric counts: summed in the same tree
};

inline int64_t first_leaf(const Partial& p) { return p.index << p.level; }
// Whether both have the same parent.
inline bool are_siblings(const Partial& left, const Partial& right) {
  return left.level == right.level && left.index % 2 == 0 && left.index + 1 == right.index;
}

// The root of all given nodes, which must be disjoint. Writes elements [begin, end) of the sum to
// out[0, end - begin) (zeros when there is no data at all) and the summed scalars.
// data of each node points at its element `begin`.
void tree_sum(std::span<const Partial> nodes, int64_t count, float* out);
std::vector<double> tree_sum_scalars(std::span<const Partial> nodes);

// A node whose leaves are all among those of given nodes, its members. The sum of these is its numbers.
struct Subtree {
  int level = 0;
  int64_t index = 0;
  std::vector<size_t> members;
};
// The largest ones that disjoint nodes make up, in the order of their leaves.
std::vector<Subtree> subtrees(std::span<const Partial> nodes);

// Buffers of one size that threads hand around.
class BufferPool {
 public:
  using Buffer = std::unique_ptr<float[]>;
  explicit BufferPool(int64_t count) : count_(count) {}
  Buffer take();
  void give(Buffer buffer);
  int64_t count() const { return count_; }

 private:
  int64_t count_;
  std::mutex mutex_;
  std::vector<Buffer> free_;
};

// Collects leaves in increasing order and merges siblings as soon as both are there, so that only
// O(log leaves) buffers are alive.
class TreeAccumulator {
 public:
  explicit TreeAccumulator(std::shared_ptr<BufferPool> pool) : pool_(std::move(pool)) {}

  // A buffer for the next leaf; contents are unspecified.
  float* next_buffer();
  // Takes over the buffer handed out last as leaf `index`; empty leaves pass has_data = false.
  void add_leaf(int64_t index, std::vector<double> scalars, bool has_data = true);
  // Likewise the last leaf of all, whose numbers are still being written: it stays a node of its own.
  void add_unfinished_leaf(int64_t index, std::vector<double> scalars);
  void clear();

  // The nodes so far, in order of their leaves; valid until the next call.
  std::span<const Partial> nodes() const { return nodes_; }
  int64_t count() const { return pool_->count(); }

 private:
  using Buffer = BufferPool::Buffer;
  void push(Partial node, Buffer buffer);

  std::shared_ptr<BufferPool> pool_;
  std::vector<Partial> nodes_;
  std::vector<Buffer> buffers_;  // parallel to nodes_
  Buffer next_;
};

}  // namespace firesteel
