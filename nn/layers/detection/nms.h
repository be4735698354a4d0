// SPDX-License-Identifier: Apache-2.0
// Non-maximum suppression: of boxes in the order of their scores each is kept that overlaps no kept
// one too much.
#pragma once

#include "nn/layers/detection/boxes.h"

namespace firesteel {

// The best ones of `count` ids, best first and, of equals, those of lower ids; at most `most` of
// them. score: of an id, which is a number. Returns how many there are.
template <class Score>
int64_t sort_best(int64_t* ids, int64_t count, int64_t most, const Score& score) {
  auto better = [&](int64_t a, int64_t b) {
    auto x = score(a), y = score(b);
    return x != y ? x > y : a < b;
  };
  if (most < count) {
    std::nth_element(ids, ids + most, ids + count, better);
    count = most;
  }
  std::sort(ids, ids + count, better);
  return count;
}

// Likewise of the numbers [0, count) whose score is above `least`. Scores that are no numbers are
// above nothing.
template <class T, class Score>
int64_t best_above(T least, int64_t* ids, int64_t count, int64_t most, const Score& score) {
  int64_t found = 0;
  for (int64_t i = 0; i < count; ++i) {
    ids[found] = i;
    found += score(i) > least;
  }
  return sort_best(ids, found, most, score);
}

// The boxes that are kept, in memory of the caller: a candidate is compared with all of them in one
// loop without branches.
template <class T>
class KeptBoxes {
 public:
  static constexpr int64_t kNumbersOfBox = 5;

  KeptBoxes(T* memory, int64_t capacity, T threshold, T pixel)
      : x1_(memory),
        y1_(memory + capacity),
        x2_(memory + 2 * capacity),
        y2_(memory + 3 * capacity),
        area_(memory + 4 * capacity),
        threshold_(threshold),
        pixel_(pixel) {}

  int64_t count() const { return count_; }
  // Keeps the box, unless its intersection over union with a kept one is above the threshold.
  bool keep(const Box<T>& b) {
    T own = area(b, pixel_);
    int covered = 0;
    for (int64_t k = 0; k < count_; ++k) {
      T width = std::min(b.x2, x2_[k]) - std::max(b.x1, x1_[k]) + pixel_;
      T height = std::min(b.y2, y2_[k]) - std::max(b.y1, y1_[k]) + pixel_;
      T both = std::max(width, T(0)) * std::max(height, T(0));
      covered |= both > threshold_ * (own + area_[k] - both);
    }
    if (covered) return false;
    x1_[count_] = b.x1, y1_[count_] = b.y1, x2_[count_] = b.x2, y2_[count_] = b.y2;
    area_[count_++] = own;
    return true;
  }

 private:
  T *x1_, *y1_, *x2_, *y2_, *area_;
  T threshold_, pixel_;
  int64_t count_ = 0;
};

}  // namespace firesteel
