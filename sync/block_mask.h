// SPDX-License-Identifier: Apache-2.0
// Which blocks of many numbers travel, where most of them are zero or unchanged: those of row-sparse
// parameters, of which a step reads few rows.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

namespace firesteel {

class BlockMask {
 public:
  static constexpr int64_t kBlock = 16;  // a cache line

  BlockMask() = default;
  // The blocks whose bits differ from those of `before`; null: from zeros.
  BlockMask(const float* numbers, const float* before, int64_t count);
  // As another worker sent it. Bits of blocks that don't exist are ignored.
  BlockMask(const char* bytes, int64_t count);

  static size_t bytes(int64_t count) { return words(count) * sizeof(uint64_t); }
  std::string_view text() const {
    return {reinterpret_cast<const char*>(words_.data()), words_.size() * sizeof(uint64_t)};
  }

  // How many of the numbers [begin, end) travel. begin: of a block.
  int64_t numbers(int64_t begin, int64_t end) const;
  // Calls body(begin, length) for the numbers of [begin, end) that do, in runs. begin: of a block.
  template <class Body>
  void each_run(int64_t begin, int64_t end, const Body& body) const {
    for (int64_t at = begin; at < end;) {
      int64_t from = at;
      while (at < end && has(at)) at += kBlock;
      if (at > from) body(from, std::min(at, end) - from);
      while (at < end && !has(at)) at = skip(at);
    }
  }

 private:
  static size_t words(int64_t count) {
    return static_cast<size_t>((count + kBlock * 64 - 1) / (kBlock * 64));
  }
  bool has(int64_t at) const {
    auto block = static_cast<uint64_t>(at / kBlock);
    return words_[block / 64] >> (block % 64) & 1;
  }
  // The next block, or the first of the next word where this one has none.
  int64_t skip(int64_t at) const {
    auto block = static_cast<uint64_t>(at / kBlock);
    bool none = block % 64 == 0 && words_[block / 64] == 0;
    return at + (none ? 64 : 1) * kBlock;
  }

  std::vector<uint64_t> words_;
};

}  // namespace firesteel
