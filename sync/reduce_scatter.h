// SPDX-License-Identifier: Apache-2.0
// The sums of reduce_scatter: every worker sends its tree nodes, cut to the owner's slice, to the
// owner, who sums them tile by tile in the fixed tree while more is arriving. Where workers share
// machines, those of a machine do this among themselves first, as far as the tree allows.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/collective.h"
#include "sync/node_streams.h"

namespace firesteel {

// Sums of nodes that stay nodes, as others' leaves are missing.
struct PartialSums {
  std::vector<Partial> nodes;
  std::vector<float> numbers;  // of those that have data, one after the other
};

// This worker's side of one reduce_scatter.
class Summation {
 public:
  // nodes: this worker's; part: which elements of their data are summed with those of the peers.
  Summation(std::span<const Partial> nodes, Slice part, std::span<NodeSink*> peers, std::string me)
      : own_(nodes), part_(part), peers_(peers), me_(std::move(me)) {}
  // What becomes of the sums: the root's numbers and scalars, or those of the largest nodes that can
  // be made. One of them, before advance().
  void to(float* out, std::vector<double>* scalars) { out_ = out, scalars_ = scalars; }
  void to(PartialSums* partial) { partial_ = partial; }

  Result advance();  // sums what has arrived from everybody

 private:
  struct Output {
    size_t first = 0, nodes = 0;  // of nodes_
    float* to = nullptr;
  };

  Result begin();
  void into_root(std::vector<Partial> nodes);
  void into_subtrees(std::vector<Partial> nodes, const std::vector<bool>& has_data);

  std::span<const Partial> own_;
  Slice part_;
  std::span<NodeSink*> peers_;
  std::string me_;
  float* out_ = nullptr;
  std::vector<double>* scalars_ = nullptr;
  PartialSums* partial_ = nullptr;
  bool begun_ = false;
  std::vector<Partial> nodes_;  // output by output
  std::vector<size_t> place_;  // in nodes_, of own ones first, then peer by peer
  std::vector<Output> outputs_;
  std::vector<float> wide_;  // what came in two bytes, or without what is zero
  int64_t at_ = 0;
};

// Whether nodes are sound: in range and, all together, disjoint. owner names the holder of node i.
Result check_nodes(std::span<const Partial> nodes, const std::vector<const std::string*>& owner);

}  // namespace firesteel
