// SPDX-License-Identifier: Apache-2.0
#include "core/reduction.h"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace firesteel {
namespace {

void add_into(float* left, const float* right, int64_t count) {
  for (int64_t i = 0; i < count; ++i) left[i] += right[i];
}

void add_into(std::vector<double>& left, const std::vector<double>& right) {
  if (left.size() < right.size()) left.resize(right.size(), 0.0);
  for (size_t i = 0; i < right.size(); ++i) left[i] += right[i];
}

std::vector<const Partial*> in_leaf_order(std::span<const Partial> nodes) {
  std::vector<const Partial*> order;
  for (const Partial& node : nodes) order.push_back(&node);
  std::sort(order.begin(), order.end(),
            [](auto* a, auto* b) { return first_leaf(*a) < first_leaf(*b); });
  return order;
}

// The level of the smallest node that covers every leaf of the list.
int root_level(std::span<const Partial* const> order) {
  int level = 0;
  for (const Partial* p : order) {
    int64_t last = first_leaf(*p) + (int64_t{1} << p->level) - 1;
    while ((last >> level) > 0) ++level;
  }
  return level;
}

// The sub-list of nodes whose leaves lie in the right half of node (level, index).
size_t split(std::span<const Partial* const> order, int level, int64_t index) {
  int64_t middle = (2 * index + 1) << (level - 1);
  return static_cast<size_t>(
      std::partition_point(order.begin(), order.end(),
                           [&](const Partial* p) { return first_leaf(*p) < middle; }) -
      order.begin());
}

constexpr int64_t kChunk = 1024;

// Sums elements [begin, begin + count) into out; false when the sub-tree has no data.
bool sum_chunk(std::span<const Partial* const> order, int level, int64_t index, int64_t begin,
               int64_t count, float* out) {
  if (order.empty()) return false;
  if (order.size() == 1) {
    if (!order[0]->data) return false;
    std::memcpy(out, order[0]->data + begin, static_cast<size_t>(count) * sizeof(float));
    return true;
  }
  size_t middle = split(order, level, index);
  bool left = sum_chunk(order.first(middle), level - 1, 2 * index, begin, count, out);
  if (!left) return sum_chunk(order.subspan(middle), level - 1, 2 * index + 1, begin, count, out);
  float right[kChunk];
  if (sum_chunk(order.subspan(middle), level - 1, 2 * index + 1, begin, count, right)) {
    add_into(out, right, count);
  }
  return true;
}

std::vector<double> sum_scalars(std::span<const Partial* const> order, int level, int64_t index) {
  if (order.empty()) return {};
  if (order.size() == 1) return order[0]->scalars;
  size_t middle = split(order, level, index);
  auto left = sum_scalars(order.first(middle), level - 1, 2 * index);
  add_into(left, sum_scalars(order.subspan(middle), level - 1, 2 * index + 1));
  return left;
}

}  // namespace

void tree_sum(std::span<const Partial> nodes, int64_t count, float* out) {
  auto order = in_leaf_order(nodes);
  int level = root_level(order);
  for (int64_t begin = 0; begin < count; begin += kChunk) {
    int64_t n = std::min(kChunk, count - begin);
    if (!sum_chunk(order, level, 0, begin, n, out + begin)) {
      std::fill(out + begin, out + begin + n, 0.f);
    }
  }
}

std::vector<double> tree_sum_scalars(std::span<const Partial> nodes) {
  auto order = in_leaf_order(nodes);
  return sum_scalars(order, root_level(order), 0);
}

std::vector<Subtree> subtrees(std::span<const Partial> nodes) {
  std::vector<size_t> order(nodes.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::sort(order, {}, [&](size_t i) { return first_leaf(nodes[i]); });
  std::vector<Subtree> found;
  for (size_t i : order) {
    found.push_back({nodes[i].level, nodes[i].index, {i}});
    while (found.size() > 1) {
      Subtree &left = found[found.size() - 2], &right = found.back();
      if (!are_siblings({left.level, left.index}, {right.level, right.index})) break;
      ++left.level;
      left.index /= 2;
      left.members.insert(left.members.end(), right.members.begin(), right.members.end());
      found.pop_back();
    }
  }
  return found;
}

BufferPool::Buffer BufferPool::take() {
  std::lock_guard lock(mutex_);
  if (free_.empty()) return std::make_unique_for_overwrite<float[]>(static_cast<size_t>(count_));
  Buffer buffer = std::move(free_.back());
  free_.pop_back();
  return buffer;
}

void BufferPool::give(Buffer buffer) {
  if (!buffer) return;
  std::lock_guard lock(mutex_);
  free_.push_back(std::move(buffer));
}

float* TreeAccumulator::next_buffer() {
  if (!next_) next_ = pool_->take();
  return next_.get();
}

void TreeAccumulator::add_leaf(int64_t index, std::vector<double> scalars, bool has_data) {
  Partial leaf{0, index, nullptr, std::move(scalars)};
  if (!has_data) return push(std::move(leaf), nullptr);
  next_buffer();
  leaf.data = next_.get();
  push(std::move(leaf), std::move(next_));
}

void TreeAccumulator::add_unfinished_leaf(int64_t index, std::vector<double> scalars) {
  next_buffer();
  nodes_.push_back({0, index, next_.get(), std::move(scalars)});
  buffers_.push_back(std::move(next_));
}

void TreeAccumulator::push(Partial node, Buffer buffer) {
  while (!nodes_.empty() && are_siblings(nodes_.back(), node)) {
    Partial left = std::move(nodes_.back());
    Buffer left_buffer = std::move(buffers_.back());
    nodes_.pop_back();
    buffers_.pop_back();
    if (left_buffer && buffer) {
      add_into(left_buffer.get(), buffer.get(), count());
      pool_->give(std::move(buffer));
    } else if (buffer) {
      left_buffer = std::move(buffer);
    }
    add_into(left.scalars, node.scalars);
    node = Partial{left.level + 1, left.index / 2, left_buffer.get(), std::move(left.scalars)};
    buffer = std::move(left_buffer);
  }
  nodes_.push_back(std::move(node));
  buffers_.push_back(std::move(buffer));
}

void TreeAccumulator::clear() {
  for (Buffer& buffer : buffers_) pool_->give(std::move(buffer));
  nodes_.clear();
  buffers_.clear();
}

}  // namespace firesteel
