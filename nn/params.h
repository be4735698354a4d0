// SPDX-License-Identifier: Apache-2.0
// The flat buffer of all parameters of a model: canonical, plain f32, the same on every CPU. It is
// what is synchronised, updated and saved. Trainable parameters come first, then state; each
// starts on a cache line, the gaps stay zero.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "nn/graph.h"

namespace firesteel {

struct Param {
  std::string name;  // "conv1.weight"
  int node = 0;
  ParamSpec spec;
  int64_t offset = 0;
  int64_t size = 0;
};

class ParamTable {
 public:
  ParamTable() = default;
  explicit ParamTable(const Graph& graph);

  const std::vector<Param>& params() const { return params_; }
  int64_t trainable() const { return trainable_; }  // elements, gaps included
  int64_t total() const { return total_; }          // with state
  int64_t count(bool state) const;                  // elements, without gaps
  // The parameters of a node, in the order of Layer::params().
  std::vector<const Param*> of_node(int node) const;

  // First values: a function of (seed, name) only.
  std::vector<float> initial(uint64_t seed) const;

 private:
  std::vector<Param> params_;
  int64_t trainable_ = 0, total_ = 0;
};

// SHA-256 over the parameters' values in table order.
std::string weights_sha256(const ParamTable& table, const float* values);

}  // namespace firesteel
