// SPDX-License-Identifier: Apache-2.0
// Tree nodes on their way from one worker to another.
//
// On the wire: header, table of nodes, their scalars, for sparse ones the masks of the nodes that have data, then
// tile after tile; a tile holds the same elements of every node that has data. Its length follows from the
// number of such nodes, so that a few tiles fit a cache whatever a peer sends. Numbers of two bytes are
// rounded tile by tile.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/collective.h"
#include "sync/block_mask.h"
#include "sync/frames.h"

namespace firesteel {

// Where in the payload the numbers of a node's tile are. Counts numbers, not bytes.
class TileLayout {
 public:
  TileLayout() = default;
  // nodes: those with data. masks: one for each of them, or none: everything travels.
  TileLayout(int64_t count, size_t nodes, std::span<const BlockMask> masks);

  int64_t tile() const { return tile_; }  // elements
  size_t tiles() const { return tiles_; }
  int64_t length(size_t tile) const;  // elements of this one
  uint64_t begin(size_t tile, size_t node = 0) const;
  uint64_t end(size_t tile) const { return begin(tile + 1); }
  uint64_t total() const { return begin(tiles_); }
  size_t largest() const { return largest_; }  // numbers of a tile
  // The tile of the number at this place.
  size_t tile_at(uint64_t number) const;

 private:
  int64_t count_ = 0, tile_ = 1;
  size_t nodes_ = 0, tiles_ = 0, largest_ = 0;
  std::vector<uint64_t> begins_;  // by tile and node, and the end; empty: everything travels
};

class NodeSource final : public Source {
 public:
  // part: the elements of each node's data that are sent.
  NodeSource(FrameHeader header, std::span<const Partial> nodes, Slice part, Wire wire);
  int next(std::span<iovec> pieces) override;
  void sent(size_t bytes) override { sent_ += bytes; }

 private:
  void stage(size_t tile);

  std::string head_;
  std::vector<const float*> data_;
  std::vector<BlockMask> masks_;
  Wire wire_;
  TileLayout layout_;
  size_t sent_ = 0;
  std::vector<std::byte> staged_;  // a tile that isn't sent from where it lies
  size_t staged_tile_ = SIZE_MAX;
};

class NodeSink final : public Sink {
 public:
  // count: elements of this worker's slice. window: memory that is kept between collectives.
  NodeSink(const FrameHeader& expected, int64_t count, std::vector<std::byte>* window,
           std::string who, Wire wire)
      : header_(expected, std::move(who)), count_(count), window_(window), wire_(wire) {}

  bool done() const override { return has_layout_ && filling_ == layout_.tiles(); }
  std::span<std::byte> room() override;
  Result received(size_t bytes) override;

  const std::string& who() const { return header_.who(); }
  bool has_nodes() const { return has_layout_; }
  // Without data pointers. Those with data are numbered in this order.
  std::vector<Partial> take_nodes() { return std::move(nodes_); }
  const std::vector<bool>& has_data() const { return has_data_; }

  int64_t contiguous(int64_t at) const;  // elements from `at` that are here, within one tile
  // The numbers of a node from `at` on, `length` of one tile; those that aren't in the window as they are
  // get written to `wide`.
  const float* data(size_t numbered, int64_t at, int64_t length, float* wide) const;
  void release(int64_t before);  // the elements before are not needed any more

 private:
  Result read_table();
  Result read_masks();
  Result begin_tiles();
  void skip_filled();
  size_t slot_bytes() const { return layout_.largest() * size_of(wire_.type); }

  HeaderSink header_;
  int64_t count_;
  std::vector<std::byte>* window_;
  Wire wire_;
  std::string table_;  // then the masks
  size_t table_got_ = 0;
  bool has_table_ = false, has_layout_ = false;
  std::vector<Partial> nodes_;
  std::vector<bool> has_data_;
  size_t with_data_ = 0;
  std::vector<BlockMask> masks_;
  TileLayout layout_;
  size_t slots_ = 0;  // tiles in the window
  uint64_t got_ = 0;  // bytes of tiles
  size_t filling_ = 0;  // all tiles before are here
  size_t first_tile_ = 0;  // not yet released
};

// Whether a node is in range; `who` holds it.
Result check_node(const Partial& node, const std::string& who);

}  // namespace firesteel
