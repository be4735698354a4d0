// SPDX-License-Identifier: Apache-2.0
// The streams of reduce_scatter: every worker sends its tree nodes, cut to the owner's slice,
// straight to the owner, who sums them tile by tile in the fixed tree while more is arriving.
//
// On the wire: header, table of nodes, their scalars, then tile after tile; a tile holds the same
// elements of every node that has data. Its length follows from the number of such nodes, so that
// a few tiles fit a cache whatever a peer sends. Numbers of two bytes are rounded tile by tile.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/collective.h"
#include "sync/frames.h"

namespace firesteel {

int64_t tile_floats(size_t nodes_with_data);

class NodeSource final : public Source {
 public:
  // part: the elements of each node's data that are sent.
  NodeSource(FrameHeader header, std::span<const Partial> nodes, Slice part, DType wire);
  int next(std::span<iovec> pieces) override;
  void sent(size_t bytes) override { sent_ += bytes; }

 private:
  void narrow_tile(int64_t begin, int64_t length);

  std::string head_;
  std::vector<const float*> data_;
  int64_t count_;
  DType wire_;
  size_t sent_ = 0;
  std::vector<uint16_t> narrowed_;  // a tile
  int64_t narrowed_at_ = -1;        // its first element
};

class NodeSink final : public Sink {
 public:
  // count: elements of this worker's slice. window: memory that is kept between collectives.
  NodeSink(const FrameHeader& expected, int64_t count, std::vector<std::byte>* window,
           std::string who, DType wire)
      : header_(expected, std::move(who)), count_(count), window_(window), wire_(wire) {}

  bool done() const override { return has_nodes_ && got_ == header_.header().bytes; }
  std::span<std::byte> room() override;
  Result received(size_t bytes) override;

  const std::string& who() const { return header_.who(); }
  bool has_nodes() const { return has_nodes_; }
  // Without data pointers. Those with data are numbered in this order.
  std::vector<Partial> take_nodes() { return std::move(nodes_); }
  const std::vector<bool>& has_data() const { return has_data_; }

  int64_t contiguous(int64_t at) const;  // elements from `at` that are here, within one tile
  // The numbers of a node from `at` on, `length` of one tile; of two bytes they are written to `wide`.
  const float* data(size_t numbered, int64_t at, int64_t length, float* wide) const;
  void release(int64_t before);  // the elements before are not needed any more

 private:
  Result read_table();
  size_t tile_bytes() const { return static_cast<size_t>(tile_) * with_data_ * size_of(wire_); }

  HeaderSink header_;
  int64_t count_;
  std::vector<std::byte>* window_;
  DType wire_;
  std::string table_;
  size_t table_got_ = 0;
  bool has_nodes_ = false;
  std::vector<Partial> nodes_;
  std::vector<bool> has_data_;
  size_t with_data_ = 0;
  int64_t tile_ = 0;
  size_t slots_ = 0;  // tiles in the window
  uint64_t got_ = 0;  // bytes of tiles
  size_t first_tile_ = 0;  // not yet released
};

// This worker's side of one reduce_scatter.
class Summation {
 public:
  // nodes: this worker's; part: its own slice of their data.
  Summation(std::span<const Partial> nodes, Slice part, std::span<NodeSink*> peers, float* out,
            std::vector<double>* scalars, std::string me);
  Result advance();  // sums what has arrived from everybody

 private:
  Result begin();

  std::span<const Partial> own_;
  Slice part_;
  std::span<NodeSink*> peers_;
  float* out_;
  std::vector<double>* scalars_;
  std::string me_;
  bool begun_ = false;
  std::vector<Partial> nodes_;  // own ones first, then peer by peer
  std::vector<float> wide_;  // what came in two bytes
  int64_t at_ = 0;
};

// Whether nodes are sound: in range and, all together, disjoint. owner names the holder of node i.
Result check_nodes(std::span<const Partial> nodes, const std::vector<const std::string*>& owner);

}  // namespace firesteel
