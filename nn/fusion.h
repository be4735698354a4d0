// SPDX-License-Identifier: Apache-2.0
// Fusion: which nodes of a graph are done within another node, so that their input is not written
// to memory and read again.
#pragma once

#include <vector>

#include "nn/graph.h"

namespace firesteel {

// What a node does besides its own layer, in this order.
struct Fused {
  int affine = -1;  // node of role affine, folded into the parameters
  int sum = -1;     // node of role sum that adds `addend`
  Ref addend;
  int relu = -1;
  float most = 0;  // the ReLU's upper limit
  int then = -1;  // node whose layer is done on the result; what is fused to it is at its own place

  Tail tail() const { return {.sum = sum >= 0, .relu = relu >= 0, .most = most}; }
};

struct Fusions {
  std::vector<Fused> fused;  // by node
  std::vector<int> head;  // by node: the node in which it is done, itself if it is not fused
};

// shapes: of the nodes' outputs. used: the nodes that the outputs depend on.
Fusions find_fusions(const Graph& graph, const std::vector<Shapes>& shapes,
                     const std::vector<bool>& used, const Env& env);

}  // namespace firesteel
