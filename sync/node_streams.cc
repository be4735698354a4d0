// SPDX-License-Identifier: Apache-2.0
#include "sync/node_streams.h"

#include <algorithm>

#include "core/narrow.h"

namespace firesteel {
namespace {

constexpr int64_t kTileFloats = 64 * 1024;  // of all nodes together: 256 KiB
constexpr size_t kWindowTiles = 4;
constexpr int kMaxLevel = 40;

}  // namespace

Result check_node(const Partial& node, const std::string& who) {
  bool sound = node.level >= 0 && node.level <= kMaxLevel && node.index >= 0 &&
               node.index < (int64_t{1} << (kMaxLevel - node.level));
  if (sound) return Result::success();
  return Result::failure(cat("reduce_scatter: tree node (level ", node.level, ", index ",
                             node.index, ") of ", who, " is out of range"));
}

TileLayout::TileLayout(int64_t count, size_t nodes, std::span<const BlockMask> masks)
    : count_(count), nodes_(nodes) {
  auto each = static_cast<int64_t>(std::max<size_t>(nodes, 1));
  tile_ = std::max<int64_t>(16, kTileFloats / each / 16 * 16);
  if (nodes == 0) return;
  tiles_ = static_cast<size_t>((count + tile_ - 1) / tile_);
  if (tiles_ > 0) largest_ = static_cast<size_t>(length(0)) * nodes;
  if (masks.empty()) return;
  largest_ = 0;
  uint64_t at = 0;
  for (size_t tile = 0; tile < tiles_; ++tile) {
    int64_t first = static_cast<int64_t>(tile) * tile_;
    uint64_t before = at;
    for (const BlockMask& mask : masks) {
      begins_.push_back(at);
      at += static_cast<uint64_t>(mask.numbers(first, first + length(tile)));
    }
    largest_ = std::max(largest_, static_cast<size_t>(at - before));
  }
  begins_.push_back(at);
}

int64_t TileLayout::length(size_t tile) const {
  return std::min(tile_, count_ - static_cast<int64_t>(tile) * tile_);
}

uint64_t TileLayout::begin(size_t tile, size_t node) const {
  if (!begins_.empty()) return begins_[tile * nodes_ + node];
  auto first = std::min(count_, static_cast<int64_t>(tile) * tile_);
  auto within = tile < tiles_ ? static_cast<uint64_t>(length(tile)) * node : 0;
  return static_cast<uint64_t>(first) * nodes_ + within;
}

size_t TileLayout::tile_at(uint64_t number) const {
  if (begins_.empty()) return static_cast<size_t>(number / (static_cast<uint64_t>(tile_) * nodes_));
  auto after = std::ranges::upper_bound(begins_, number);
  return static_cast<size_t>(after - begins_.begin() - 1) / nodes_;
}

NodeSource::NodeSource(FrameHeader header, std::span<const Partial> nodes, Slice part, Wire wire)
    : wire_(wire) {
  std::string table, scalars;
  for (const Partial& node : nodes) {
    table += bytes_of(NodeEntry{.index = node.index,
                                .level = static_cast<uint32_t>(node.level),
                                .scalars = static_cast<uint32_t>(node.scalars.size()),
                                .has_data = node.data != nullptr});
    for (double scalar : node.scalars) scalars += bytes_of(scalar);
    if (!node.data) continue;
    data_.push_back(node.data + part.begin);
    if (wire.sparse) masks_.emplace_back(data_.back(), nullptr, part.size());
  }
  layout_ = TileLayout(part.size(), data_.size(), masks_);
  header.nodes = static_cast<uint32_t>(nodes.size());
  header.scalars = static_cast<uint32_t>(scalars.size() / sizeof(double));
  header.bytes = layout_.total() * size_of(wire.type);
  head_ += bytes_of(header);
  head_ += table;
  head_ += scalars;
  for (const BlockMask& mask : masks_) head_ += mask.text();
}

int NodeSource::next(std::span<iovec> pieces) {
  size_t filled = 0;
  size_t at = 0;  // in the tiles
  if (sent_ < head_.size()) {
    pieces[filled++] = {head_.data() + sent_, head_.size() - sent_};
  } else {
    at = sent_ - head_.size();
  }
  size_t number = size_of(wire_.type), total = static_cast<size_t>(layout_.total()) * number;
  bool staged = wire_.sparse || wire_.type != DType::f32;
  while (at < total && filled < pieces.size()) {
    size_t tile = layout_.tile_at(at / number);
    size_t within = at - static_cast<size_t>(layout_.begin(tile)) * number;
    if (staged) {
      // One tile is staged at a time, when the one before it has been sent.
      if (tile != staged_tile_ && filled > 0) break;
      stage(tile);
      pieces[filled++] = {staged_.data() + within, staged_.size() - within};
      break;
    }
    size_t length = static_cast<size_t>(layout_.length(tile)) * number;
    const float* numbers = data_[within / length] + static_cast<int64_t>(tile) * layout_.tile();
    auto* from = reinterpret_cast<const char*>(numbers) + within % length;
    size_t rest = length - within % length;
    pieces[filled++] = {const_cast<char*>(from), rest};
    at += rest;
  }
  return static_cast<int>(filled);
}

void NodeSource::stage(size_t tile) {
  if (tile == staged_tile_) return;
  staged_tile_ = tile;
  staged_.resize(static_cast<size_t>(layout_.end(tile) - layout_.begin(tile)) *
                 size_of(wire_.type));
  std::byte* to = staged_.data();
  int64_t begin = static_cast<int64_t>(tile) * layout_.tile(), length = layout_.length(tile);
  for (size_t node = 0; node < data_.size(); ++node) {
    if (masks_.empty()) {
      to = pack(wire_.type, data_[node] + begin, length, to);
      continue;
    }
    masks_[node].each_run(begin, begin + length, [&](int64_t at, int64_t n) {
      to = pack(wire_.type, data_[node] + at, n, to);
    });
  }
}

std::span<std::byte> NodeSink::room() {
  if (!header_.done()) return header_.room();
  if (!has_layout_) return std::as_writable_bytes(std::span(table_)).subspan(table_got_);
  if (done() || filling_ >= first_tile_ + slots_) return {};
  uint64_t begin = layout_.begin(filling_) * size_of(wire_.type);
  uint64_t end = layout_.end(filling_) * size_of(wire_.type);
  return std::span(*window_).subspan(
      filling_ % slots_ * slot_bytes() + static_cast<size_t>(got_ - begin),
      static_cast<size_t>(end - got_));
}

Result NodeSink::received(size_t bytes) {
  if (has_layout_) {
    got_ += bytes;
    skip_filled();
    return Result::success();
  }
  if (header_.done()) {
    table_got_ += bytes;
    if (table_got_ < table_.size()) return Result::success();
    return has_table_ ? read_masks() : read_table();
  }
  Result result = header_.received(bytes);
  if (!result.ok() || !header_.done()) return result;
  const FrameHeader& header = header_.header();
  if (header.nodes > kMaxNodes || header.scalars > kMaxScalars) {
    return Result::failure(cat("reduce_scatter: ", who(), " announces ", header.nodes,
                               " tree nodes and ", header.scalars, " scalars; the limits are ",
                               kMaxNodes, " and ", kMaxScalars));
  }
  table_.resize(header.nodes * sizeof(NodeEntry) + header.scalars * sizeof(double));
  return table_.empty() ? read_table() : result;
}

Result NodeSink::read_table() {
  const FrameHeader& header = header_.header();
  const char* entry_at = table_.data();
  const char* scalar_at = entry_at + header.nodes * sizeof(NodeEntry);
  size_t scalars_left = header.scalars;
  for (uint32_t i = 0; i < header.nodes; ++i, entry_at += sizeof(NodeEntry)) {
    auto entry = from_bytes<NodeEntry>(entry_at);
    Partial node{static_cast<int>(std::min<uint32_t>(entry.level, 1000)), entry.index, nullptr, {}};
    if (Result sound = check_node(node, who()); !sound.ok()) return sound;
    if (entry.scalars > scalars_left) {
      return Result::failure(cat("reduce_scatter: the node table of ", who(), " is corrupt"));
    }
    scalars_left -= entry.scalars;
    for (uint32_t s = 0; s < entry.scalars; ++s, scalar_at += sizeof(double)) {
      node.scalars.push_back(from_bytes<double>(scalar_at));
    }
    nodes_.push_back(std::move(node));
    has_data_.push_back(entry.has_data != 0);
    with_data_ += entry.has_data != 0;
  }
  if (scalars_left != 0) {
    return Result::failure(cat("reduce_scatter: the node table of ", who(), " is corrupt"));
  }
  has_table_ = true;
  if (!wire_.sparse || with_data_ == 0 || count_ == 0) return begin_tiles();
  table_got_ = 0;
  table_.resize(with_data_ * BlockMask::bytes(count_));
  return Result::success();
}

Result NodeSink::read_masks() {
  for (size_t i = 0; i < with_data_; ++i) {
    masks_.emplace_back(table_.data() + i * BlockMask::bytes(count_), count_);
  }
  table_ = {};
  return begin_tiles();
}

Result NodeSink::begin_tiles() {
  layout_ = TileLayout(count_, with_data_, masks_);
  uint64_t bytes = layout_.total() * size_of(wire_.type);
  if (header_.header().bytes != bytes) {
    return Result::failure(cat("reduce_scatter: ", who(), " announces ", header_.header().bytes,
                               " bytes, this worker expects ", bytes, " for ", with_data_,
                               " nodes of ", count_, " elements"));
  }
  slots_ = std::min(kWindowTiles, layout_.tiles());
  if (window_->size() < slots_ * slot_bytes()) window_->resize(slots_ * slot_bytes());
  has_layout_ = true;
  skip_filled();
  return Result::success();
}

// Also past tiles of which nothing travels.
void NodeSink::skip_filled() {
  while (filling_ < layout_.tiles() && layout_.end(filling_) * size_of(wire_.type) <= got_) {
    ++filling_;
  }
}

int64_t NodeSink::contiguous(int64_t at) const {
  if (with_data_ == 0) return count_ - at;
  auto tile = static_cast<size_t>(at / layout_.tile());
  if (tile >= filling_) return 0;
  return static_cast<int64_t>(tile) * layout_.tile() + layout_.length(tile) - at;
}

const float* NodeSink::data(size_t numbered, int64_t at, int64_t length, float* wide) const {
  auto tile = static_cast<size_t>(at / layout_.tile());
  int64_t first = static_cast<int64_t>(tile) * layout_.tile();
  size_t number = static_cast<size_t>(layout_.begin(tile, numbered) - layout_.begin(tile));
  const std::byte* from = window_->data() + tile % slots_ * slot_bytes();
  if (masks_.empty()) {
    from += (number + static_cast<size_t>(at - first)) * size_of(wire_.type);
    // The window is as aligned as memory of new is, and everything in it is of one type.
    if (wire_.type == DType::f32) return reinterpret_cast<const float*>(from);
    unpack(wire_.type, from, length, wide);
    return wide;
  }
  const BlockMask& mask = masks_[numbered];
  from += (number + static_cast<size_t>(mask.numbers(first, at))) * size_of(wire_.type);
  std::fill_n(wide, length, 0.f);
  mask.each_run(at, at + length, [&](int64_t begin, int64_t n) {
    from = unpack(wire_.type, from, n, wide + (begin - at));
  });
  return wide;
}

void NodeSink::release(int64_t before) {
  if (with_data_ > 0) first_tile_ = static_cast<size_t>(before / layout_.tile());
}

}  // namespace firesteel
