// SPDX-License-Identifier: Apache-2.0
#include "sync/block_mask.h"

#include <algorithm>
#include <cstring>

namespace firesteel {

BlockMask::BlockMask(const float* numbers, const float* before, int64_t count)
    : words_(words(count)) {
  static constexpr float kZeros[kBlock] = {};
  for (int64_t at = 0; at < count; at += kBlock) {
    auto size = static_cast<size_t>(std::min(kBlock, count - at)) * sizeof(float);
    if (std::memcmp(numbers + at, before ? before + at : kZeros, size) == 0) continue;
    auto block = static_cast<uint64_t>(at / kBlock);
    words_[block / 64] |= uint64_t{1} << (block % 64);
  }
}

BlockMask::BlockMask(const char* bytes, int64_t count) : words_(words(count)) {
  if (!words_.empty()) std::memcpy(words_.data(), bytes, words_.size() * sizeof(uint64_t));
}

int64_t BlockMask::numbers(int64_t begin, int64_t end) const {
  int64_t sum = 0;
  each_run(begin, end, [&](int64_t, int64_t length) { sum += length; });
  return sum;
}

}  // namespace firesteel
