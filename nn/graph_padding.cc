// SPDX-License-Identifier: Apache-2.0
// Which values have as many steps as a row has, where rows are filled up with padding.
#include <algorithm>

#include "nn/graph.h"

namespace firesteel {

std::optional<float> Graph::padding() const {
  auto all = inputs();
  bool one = all.size() == 1;
  for (int n : all) {
    require<AttrError>(one || !node(n).padding, node(n).name,
                       ": an input with padding must be the only one");
  }
  return one ? node(all[0]).padding : std::nullopt;
}

int64_t Graph::most_steps() const { return node(inputs()[0]).shape.at(0); }

std::vector<bool> Graph::padded() const {
  std::vector<bool> padded(nodes_.size(), false);
  if (!padding() || node(inputs()[0]).shape.empty()) return padded;
  int64_t steps = most_steps();
  if (steps == 1) return padded;  // no row is shorter
  // The shapes for the longest rows and for others: what differs has to do with the steps.
  std::vector<Shapes> longest, shorter;
  auto depended_on = used();
  for (size_t n = 0; n < nodes_.size(); ++n) {
    const Node& node = nodes_[n];
    bool mixes = false;
    for (const Ref& ref : node.inputs) {
      auto from = static_cast<size_t>(ref.node);
      if (!padded[from] || !depended_on[n]) continue;
      const Shape& in = longest[from][static_cast<size_t>(ref.port)];
      mixes = mixes || ref.port > 0 || node.layer->steps(in) == Steps::mixed;
    }
    require<AttrError>(!mixes, node.name, ": ", node.layer ? node.layer->kind() : "",
                       " takes the padding of short rows for steps. Give the model's input no "
                       "padding, or let an LSTM, GRU or the first step sum a row up before");
    longest.push_back(infer_node(node, 1, 0, longest));
    shorter.push_back(infer_node(node, 1, steps - 1, shorter));
    padded[n] = longest.back() != shorter.back();
  }
  for (const Ref& ref : outputs_) {
    require<AttrError>(!padded[static_cast<size_t>(ref.node)],
                       nodes_[static_cast<size_t>(ref.node)].name,
                       ": an output of the model must not have a number for each step of rows with "
                       "padding");
  }
  return padded;
}

}  // namespace firesteel
