// SPDX-License-Identifier: Apache-2.0
#include "train/shards.h"

#include <algorithm>
#include <cstring>
#include <utility>

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

namespace {

std::vector<double> sums_of_weights(const Block& block) {
  std::vector<double> sums;
  if (!block.weights) return sums;
  double sum = 0;
  for (int64_t row = 0; row < block.rows; ++row) {
    float weight = 0;
    std::memcpy(&weight, block.weights + static_cast<size_t>(row) * sizeof weight, sizeof weight);
    sums.push_back(sum += weight);
  }
  return sums;
}

}  // namespace

Labels labels_of(const Block& block, int64_t begin) {
  return {block.y_dtype, block.y_shape, block.y + static_cast<size_t>(begin) * block.y_row_bytes()};
}

void Shards::spill(const std::vector<std::string>& folders, int64_t memory, bool encrypted) {
  std::lock_guard lock(mutex_);
  folders_ = folders;
  memory_ = memory;
  encrypted_ = encrypted;
}

// A folder that cannot be written is left out, as Spark does with a disk that is broken.
void Shards::open_files() {
  for (size_t i = 0; i < folders_.size(); ++i) {
    try {
      files_.push_back(std::make_unique<SpillFile>(folders_[i], encrypted_));
    } catch (const SystemError&) {
      if (files_.empty() && i + 1 == folders_.size()) throw;
    }
  }
}

void Shards::add(int shard, std::string bytes) {
  Held held;
  held.bytes = std::move(bytes);
  held.block = parse_block(held.bytes, cat("shard ", shard));
  const Block& b = held.block;
  require(b.x_dtype == DType::f32 || b.x_dtype == DType::u8, "shard ", shard,
          ": features must be f32 or u8, got ", name_of(b.x_dtype));
  require(b.y_dtype == DType::f32 || b.y_dtype == DType::s32, "shard ", shard,
          ": labels must be f32 or s32, got ", name_of(b.y_dtype));
  held.weights = sums_of_weights(b);
  std::lock_guard lock(mutex_);
  if (!held_.empty()) {
    const Block& other = held_.begin()->second.block;
    require(other.x_shape == b.x_shape && other.y_shape == b.y_shape && other.y_dtype == b.y_dtype,
            "shard ", shard, ": rows have shape ", b.x_shape, ", those of other shards ",
            other.x_shape);
  }
  if (held_.count(shard) > 0) return;  // it is here
  auto size = static_cast<int64_t>(held.bytes.size());
  if (!folders_.empty() && in_memory_ + size > memory_) {
    put_into_file(shard, &held);
    held_[shard] = std::move(held);
    in_files_ += size;
    return;
  }
  Held& place = held_[shard];
  place = std::move(held);
  place.block = parse_block(place.bytes, cat("shard ", shard));  // short strings move their bytes
  in_memory_ += size;
}

void Shards::put_into_file(int shard, Held* held) {
  if (files_.empty()) open_files();
  SpillFile& file = *files_[static_cast<size_t>(shard) % files_.size()];
  const auto* begin = reinterpret_cast<const uint8_t*>(held->bytes.data());
  auto x = static_cast<uint64_t>(held->block.x - begin);
  auto y = static_cast<uint64_t>(held->block.y - begin);
  uint64_t at = file.append(std::exchange(held->bytes, {}));
  held->file = &file;
  held->x = at + x;
  held->y = at + y;
  held->block.x = held->block.y = held->block.weights = nullptr;
}

bool Shards::has(int shard) const {
  std::lock_guard lock(mutex_);
  return held_.count(shard) > 0;
}

const Shards::Held& Shards::held(int shard) const {
  std::lock_guard lock(mutex_);
  auto found = held_.find(shard);
  require<SystemError>(found != held_.end(), "shard ", shard, " is not on this worker");
  return found->second;
}

const Block& Shards::block(int shard) const { return held(shard).block; }

SampleRef Shards::drawn(SampleRef sample) const {
  const std::vector<double>& sums = held(sample.shard).weights;
  require<SystemError>(!sums.empty() && sums.back() > 0, "shard ", sample.shard, " has no weights");
  constexpr double kUnit = 0x1p-63;  // of a number below 2^63
  double at = static_cast<double>(sample.row) * kUnit * sums.back();
  auto found = std::ranges::upper_bound(sums, at);
  // Rounding may lead behind the end, never to a row without weight.
  if (found == sums.end()) found = std::ranges::lower_bound(sums, sums.back());
  return {sample.shard, found - sums.begin()};
}

int64_t Shards::bytes_in_files() const {
  std::lock_guard lock(mutex_);
  return in_files_;
}

void Shards::gather(std::span<const SampleRef> samples, float* x, std::vector<std::byte>* y) const {
  y->clear();
  std::vector<std::byte> row;
  for (const SampleRef& sample : samples) {
    const Held& h = held(sample.shard);
    auto number = static_cast<size_t>(sample.row);
    size_t width = h.block.x_row_bytes(), label = h.block.y_row_bytes();
    if (!h.file) {
      copy_rows(h.block, sample.row, sample.row + 1, x);
      auto* from = reinterpret_cast<const std::byte*>(h.block.y) + number * label;
      y->insert(y->end(), from, from + label);
    } else {
      row.resize(width);
      h.file->read(h.x + number * width, row);
      Block one = h.block;
      one.x = reinterpret_cast<const uint8_t*>(row.data());
      copy_rows(one, 0, 1, x);
      y->resize(y->size() + label);
      h.file->read(h.y + number * label, std::span(*y).last(label));
    }
    x += numel(h.block.x_shape);
  }
}

void Shards::expect(std::span<const SampleRef> samples) const {
  for (const SampleRef& sample : samples) {
    const Held& h = held(sample.shard);
    if (!h.file) continue;
    size_t width = h.block.x_row_bytes();
    h.file->expect(h.x + static_cast<size_t>(sample.row) * width, width);
  }
}

}  // namespace firesteel
