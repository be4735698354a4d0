// SPDX-License-Identifier: Apache-2.0
#include "sync/reduce_scatter.h"

#include <algorithm>
#include <numeric>

#include "core/narrow.h"

namespace firesteel {
namespace {

constexpr int64_t kTileFloats = 64 * 1024;  // of all nodes together: 256 KiB
constexpr size_t kWindowTiles = 4;
constexpr int kMaxLevel = 40;

Result check_node(const Partial& node, const std::string& who) {
  bool sound = node.level >= 0 && node.level <= kMaxLevel && node.index >= 0 &&
               node.index < (int64_t{1} << (kMaxLevel - node.level));
  if (sound) return Result::success();
  return Result::failure(cat("reduce_scatter: tree node (level ", node.level, ", index ",
                             node.index, ") of ", who, " is out of range"));
}

}  // namespace

int64_t tile_floats(size_t nodes_with_data) {
  auto nodes = static_cast<int64_t>(std::max<size_t>(nodes_with_data, 1));
  return std::max<int64_t>(16, kTileFloats / nodes / 16 * 16);
}

NodeSource::NodeSource(FrameHeader header, std::span<const Partial> nodes, Slice part, DType wire)
    : count_(part.size()), wire_(wire) {
  std::string table, scalars;
  for (const Partial& node : nodes) {
    table += bytes_of(NodeEntry{.index = node.index,
                                .level = static_cast<uint32_t>(node.level),
                                .scalars = static_cast<uint32_t>(node.scalars.size()),
                                .has_data = node.data != nullptr});
    for (double scalar : node.scalars) scalars += bytes_of(scalar);
    if (node.data) data_.push_back(node.data + part.begin);
  }
  header.nodes = static_cast<uint32_t>(nodes.size());
  header.scalars = static_cast<uint32_t>(scalars.size() / sizeof(double));
  header.bytes = data_.size() * static_cast<uint64_t>(count_) * size_of(wire_);
  head_.reserve(sizeof header + table.size() + scalars.size());
  head_ += bytes_of(header);
  head_ += table;
  head_ += scalars;
}

int NodeSource::next(std::span<iovec> pieces) {
  size_t filled = 0;
  size_t at = 0;  // in the tiles
  if (sent_ < head_.size()) {
    pieces[filled++] = {head_.data() + sent_, head_.size() - sent_};
  } else {
    at = sent_ - head_.size();
  }
  if (data_.empty()) return static_cast<int>(filled);
  size_t nodes = data_.size();
  int64_t tile = tile_floats(nodes);
  size_t tile_bytes = static_cast<size_t>(tile) * nodes * size_of(wire_);
  size_t total = static_cast<size_t>(count_) * nodes * size_of(wire_);
  while (at < total && filled < pieces.size()) {
    int64_t begin = static_cast<int64_t>(at / tile_bytes) * tile;
    size_t length = static_cast<size_t>(std::min(tile, count_ - begin)) * size_of(wire_);
    size_t within = at % tile_bytes;
    if (wire_ != DType::f32) {
      // One tile is narrowed at a time, when the one before it has been sent.
      if (begin != narrowed_at_ && filled > 0) break;
      narrow_tile(begin, std::min(tile, count_ - begin));
      pieces[filled++] = {reinterpret_cast<char*>(narrowed_.data()) + within,
                          nodes * length - within};
      break;
    }
    auto* from = reinterpret_cast<const char*>(data_[within / length] + begin) + within % length;
    size_t rest = length - within % length;
    pieces[filled++] = {const_cast<char*>(from), rest};
    at += rest;
  }
  return static_cast<int>(filled);
}

void NodeSource::narrow_tile(int64_t begin, int64_t length) {
  if (begin == narrowed_at_) return;
  narrowed_at_ = begin;
  narrowed_.resize(static_cast<size_t>(length) * data_.size());
  uint16_t* to = narrowed_.data();
  for (const float* data : data_) {
    narrow(wire_, data + begin, to, length);
    to += length;
  }
}

std::span<std::byte> NodeSink::room() {
  if (!header_.done()) return header_.room();
  if (!has_nodes_) return std::as_writable_bytes(std::span(table_)).subspan(table_got_);
  if (done()) return {};
  size_t tile = got_ / tile_bytes();
  if (tile >= first_tile_ + slots_) return {};
  size_t within = got_ % tile_bytes();
  uint64_t rest = std::min<uint64_t>(tile_bytes() - within, header_.header().bytes - got_);
  return std::span(*window_).subspan(tile % slots_ * tile_bytes() + within,
                                     static_cast<size_t>(rest));
}

Result NodeSink::received(size_t bytes) {
  if (has_nodes_) {
    got_ += bytes;
    return Result::success();
  }
  if (header_.done()) {
    table_got_ += bytes;
    return table_got_ == table_.size() ? read_table() : Result::success();
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
  uint64_t bytes = with_data_ * static_cast<uint64_t>(count_) * size_of(wire_);
  if (scalars_left != 0 || header.bytes != bytes) {
    return Result::failure(cat("reduce_scatter: ", who(), " announces ", header.bytes,
                               " bytes, this worker expects ", bytes, " for ", with_data_,
                               " nodes of ", count_, " elements"));
  }
  tile_ = tile_floats(with_data_);
  auto tiles = static_cast<size_t>((count_ + tile_ - 1) / tile_);
  slots_ = std::min(kWindowTiles, tiles);
  // A single tile needs no more than what it holds.
  size_t numbers = slots_ == 1 ? static_cast<size_t>(count_) : slots_ * static_cast<size_t>(tile_);
  numbers *= with_data_;
  if (window_->size() < numbers * size_of(wire_)) window_->resize(numbers * size_of(wire_));
  has_nodes_ = true;
  return Result::success();
}

int64_t NodeSink::contiguous(int64_t at) const {
  if (with_data_ == 0) return count_ - at;
  int64_t tile = at / tile_;
  int64_t end = std::min(count_, (tile + 1) * tile_);
  uint64_t needed = static_cast<uint64_t>(end) * with_data_ * size_of(wire_);
  return got_ >= needed ? end - at : 0;
}

const float* NodeSink::data(size_t numbered, int64_t at, int64_t length, float* wide) const {
  int64_t tile = at / tile_;
  auto of_node = static_cast<size_t>(std::min(tile_, count_ - tile * tile_));
  size_t number = numbered * of_node + static_cast<size_t>(at % tile_);
  const std::byte* from =
      window_->data() + static_cast<size_t>(tile) % slots_ * tile_bytes() + number * size_of(wire_);
  // The window is as aligned as memory of new is, and everything in it is of one type.
  if (wire_ == DType::f32) return reinterpret_cast<const float*>(from);
  widen(wire_, reinterpret_cast<const uint16_t*>(from), wide, length);
  return wide;
}

void NodeSink::release(int64_t before) {
  if (with_data_ > 0) first_tile_ = static_cast<size_t>(before / tile_);
}

Summation::Summation(std::span<const Partial> nodes, Slice part, std::span<NodeSink*> peers,
                     float* out, std::vector<double>* scalars, std::string me)
    : own_(nodes), part_(part), peers_(peers), out_(out), scalars_(scalars), me_(std::move(me)) {}

Result Summation::advance() {
  if (!begun_) {
    if (!std::ranges::all_of(peers_, [](auto* peer) { return peer->has_nodes(); })) {
      return Result::success();
    }
    if (Result result = begin(); !result.ok()) return result;
    begun_ = true;
  }
  for (;;) {
    int64_t n = part_.size() - at_;
    for (NodeSink* peer : peers_) n = std::min(n, peer->contiguous(at_));
    if (n <= 0) return Result::success();
    size_t i = 0;
    for (const Partial& node : own_) {
      nodes_[i++].data = node.data ? node.data + part_.begin + at_ : nullptr;
    }
    wide_.resize(static_cast<size_t>(n) * nodes_.size());
    for (NodeSink* peer : peers_) {
      size_t numbered = 0;
      for (bool has_data : peer->has_data()) {
        float* wide = wide_.data() + static_cast<size_t>(n) * i;
        nodes_[i++].data = has_data ? peer->data(numbered++, at_, n, wide) : nullptr;
      }
    }
    tree_sum(nodes_, n, out_ + at_);
    at_ += n;
    for (NodeSink* peer : peers_) peer->release(at_);
  }
}

Result Summation::begin() {
  nodes_.assign(own_.begin(), own_.end());
  std::vector<const std::string*> owner(own_.size(), &me_);
  for (NodeSink* peer : peers_) {
    for (Partial& node : peer->take_nodes()) {
      nodes_.push_back(std::move(node));
      owner.push_back(&peer->who());
    }
  }
  if (Result sound = check_nodes(nodes_, owner); !sound.ok()) return sound;
  *scalars_ = tree_sum_scalars(nodes_);
  return Result::success();
}

Result check_nodes(std::span<const Partial> nodes, const std::vector<const std::string*>& owner) {
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (Result sound = check_node(nodes[i], *owner[i]); !sound.ok()) return sound;
  }
  std::vector<size_t> order(nodes.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::sort(order, {}, [&](size_t i) { return first_leaf(nodes[i]); });
  for (size_t i = 1; i < order.size(); ++i) {
    const Partial& left = nodes[order[i - 1]];
    int64_t leaf = first_leaf(nodes[order[i]]);
    if (first_leaf(left) + (int64_t{1} << left.level) <= leaf) continue;
    return Result::failure(cat("reduce_scatter: both ", *owner[order[i - 1]], " and ",
                               *owner[order[i]], " hold leaf ", leaf, " of the sum"));
  }
  return Result::success();
}

}  // namespace firesteel
