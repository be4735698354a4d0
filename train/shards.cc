// SPDX-License-Identifier: Apache-2.0
#include "train/shards.h"

#include <cstring>

#include "core/error.h"

namespace firesteel {

void copy_rows(const Block& block, int64_t begin, int64_t end, float* x) {
  auto per_row = numel(block.x_shape);
  const uint8_t* source = block.x + static_cast<size_t>(begin) * block.x_row_bytes();
  if (block.x_dtype == DType::f32) {
    std::memcpy(x, source, static_cast<size_t>(end - begin) * block.x_row_bytes());
    return;
  }
  constexpr float kScale = 1.0f / 255.0f;
  for (int64_t i = 0; i < (end - begin) * per_row; ++i) {
    x[i] = static_cast<float>(source[i]) * kScale;
  }
}

Labels labels_of(const Block& block, int64_t begin) {
  return {block.y_dtype, block.y_shape, block.y + static_cast<size_t>(begin) * block.y_row_bytes()};
}

void Shards::add(int shard, std::string bytes) {
  Held held{std::move(bytes), {}};
  held.block = parse_block(held.bytes, cat("shard ", shard));
  const Block& b = held.block;
  require(b.x_dtype == DType::f32 || b.x_dtype == DType::u8, "shard ", shard,
          ": features must be f32 or u8, got ", name_of(b.x_dtype));
  require(b.y_dtype == DType::f32 || b.y_dtype == DType::s32, "shard ", shard,
          ": labels must be f32 or s32, got ", name_of(b.y_dtype));
  std::lock_guard lock(mutex_);
  if (!held_.empty()) {
    const Block& other = held_.begin()->second.block;
    require(other.x_shape == b.x_shape && other.y_shape == b.y_shape && other.y_dtype == b.y_dtype,
            "shard ", shard, ": rows have shape ", b.x_shape, ", those of other shards ",
            other.x_shape);
  }
  Held& place = held_[shard];
  place = std::move(held);
  place.block = parse_block(place.bytes, cat("shard ", shard));  // short strings move their bytes
}

bool Shards::has(int shard) const {
  std::lock_guard lock(mutex_);
  return held_.count(shard) > 0;
}

const Block& Shards::block(int shard) const {
  std::lock_guard lock(mutex_);
  auto found = held_.find(shard);
  require<SystemError>(found != held_.end(), "shard ", shard, " is not on this worker");
  return found->second.block;
}

void Shards::gather(std::span<const SampleRef> samples, float* x, std::vector<std::byte>* y) const {
  y->clear();
  for (const SampleRef& sample : samples) {
    const Block& b = block(sample.shard);
    copy_rows(b, sample.row, sample.row + 1, x);
    x += numel(b.x_shape);
    auto* label =
        reinterpret_cast<const std::byte*>(b.y) + static_cast<size_t>(sample.row) * b.y_row_bytes();
    y->insert(y->end(), label, label + b.y_row_bytes());
  }
}

}  // namespace firesteel
