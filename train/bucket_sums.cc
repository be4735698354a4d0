// SPDX-License-Identifier: Apache-2.0
#include "train/bucket_sums.h"

#include <algorithm>

namespace firesteel {

void BucketSums::begin(int threads, std::function<void(size_t)> on_final) {
  threads_ = static_cast<size_t>(threads);
  on_final_ = std::move(on_final);
  held_ = 0;
  items_.clear();
  sums_.clear();
  left_.clear();
  roots_.clear();
  arrived_.assign(buckets_.size() * threads_, 0);
  final_.assign(buckets_.size(), 0);
}

void BucketSums::hold(int thread, std::span<const Partial> nodes) {
  std::unique_lock lock(mutex_);
  for (const Partial& node : nodes) items_.push_back({node, thread});
  if (++held_ < threads_) return;
  plan();
  for (size_t b = 0; b < buckets_.size(); ++b) add_up(b, lock);
}

// Which items are added up: as long as the last two are siblings, their parent takes their place.
void BucketSums::plan() {
  std::ranges::sort(items_, {}, [](const Item& item) { return first_leaf(item.node); });
  size_t given = items_.size();
  for (size_t i = 0; i < given; ++i) {
    left_.push_back(i);
    while (left_.size() > 1) {
      size_t l = left_[left_.size() - 2], r = left_.back();
      const Partial &left = items_[l].node, &right = items_[r].node;
      if (!are_siblings(left, right)) break;
      // A sibling without samples adds nothing.
      Partial sum{left.level + 1, left.index / 2, left.data ? left.data : right.data, left.scalars};
      sum.scalars.resize(std::max(left.scalars.size(), right.scalars.size()), 0.0);
      for (size_t k = 0; k < right.scalars.size(); ++k) sum.scalars[k] += right.scalars[k];
      sums_.push_back({l, r, items_.size()});
      left_.pop_back();
      left_.back() = items_.size();
      items_.push_back({std::move(sum)});
    }
  }
  for (size_t i : left_) roots_.push_back(items_[i].node);
  states_.assign(buckets_.size() * items_.size(), State::none);
}

void BucketSums::finish(int thread, size_t bucket) {
  std::unique_lock lock(mutex_);
  arrived_[bucket * threads_ + static_cast<size_t>(thread)] = 1;
  if (held_ == threads_) add_up(bucket, lock);
}

void BucketSums::finish(int thread) {
  for (size_t b = 0; b < buckets_.size(); ++b) {
    if (!arrived_[b * threads_ + static_cast<size_t>(thread)]) finish(thread, b);
  }
}

// All sums of a bucket that can be done now.
void BucketSums::add_up(size_t bucket, std::unique_lock<std::mutex>& lock) {
  for (size_t i = 0; i < items_.size(); ++i) {
    int thread = items_[i].thread;
    if (thread < 0 || state(bucket, i) != State::none) continue;
    if (arrived_[bucket * threads_ + static_cast<size_t>(thread)]) state(bucket, i) = State::there;
  }
  for (bool again = true; again;) {
    again = false;
    for (const Sum& sum : sums_) {
      State &left = state(bucket, sum.left), &right = state(bucket, sum.right);
      if (left != State::there || right != State::there) continue;
      left = right = State::taken;
      lock.unlock();
      add(sum, buckets_[bucket]);
      lock.lock();
      state(bucket, sum.into) = State::there;
      again = true;
    }
  }
  if (final_[bucket]) return;
  for (size_t i : left_) {
    if (state(bucket, i) != State::there) return;
  }
  final_[bucket] = 1;
  lock.unlock();
  on_final_(bucket);
  lock.lock();
}

float* BucketSums::sum() const {
  return roots_.size() == 1 ? const_cast<float*>(roots_[0].data) : nullptr;
}

void BucketSums::add(const Sum& sum, Slice bucket) const {
  const float* right = items_[sum.right].node.data;
  auto* left = const_cast<float*>(items_[sum.left].node.data);
  if (!left || !right) return;
  for (int64_t i = bucket.begin; i < bucket.end; ++i) left[i] += right[i];
}

}  // namespace firesteel
