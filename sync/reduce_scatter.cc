// SPDX-License-Identifier: Apache-2.0
#include "sync/reduce_scatter.h"

#include <algorithm>
#include <numeric>

namespace firesteel {

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
      nodes_[place_[i++]].data = node.data ? node.data + part_.begin + at_ : nullptr;
    }
    wide_.resize(static_cast<size_t>(n) * nodes_.size());
    for (NodeSink* peer : peers_) {
      size_t numbered = 0;
      for (bool has_data : peer->has_data()) {
        float* wide = wide_.data() + static_cast<size_t>(n) * i;
        nodes_[place_[i++]].data = has_data ? peer->data(numbered++, at_, n, wide) : nullptr;
      }
    }
    for (const Output& output : outputs_) {
      if (!output.to) continue;
      tree_sum(std::span(nodes_).subspan(output.first, output.nodes), n, output.to + at_);
    }
    at_ += n;
    for (NodeSink* peer : peers_) peer->release(at_);
  }
}

Result Summation::begin() {
  std::vector<Partial> nodes(own_.begin(), own_.end());
  std::vector<const std::string*> owner(own_.size(), &me_);
  std::vector<bool> has_data;
  for (const Partial& node : own_) has_data.push_back(node.data != nullptr);
  for (NodeSink* peer : peers_) {
    for (Partial& node : peer->take_nodes()) {
      nodes.push_back(std::move(node));
      owner.push_back(&peer->who());
    }
    has_data.insert(has_data.end(), peer->has_data().begin(), peer->has_data().end());
  }
  if (Result sound = check_nodes(nodes, owner); !sound.ok()) return sound;
  if (partial_) {
    into_subtrees(std::move(nodes), has_data);
  } else {
    into_root(std::move(nodes));
  }
  return Result::success();
}

void Summation::into_root(std::vector<Partial> nodes) {
  *scalars_ = tree_sum_scalars(nodes);
  place_.resize(nodes.size());
  std::iota(place_.begin(), place_.end(), size_t{0});
  outputs_ = {{0, nodes.size(), out_}};
  nodes_ = std::move(nodes);
}

void Summation::into_subtrees(std::vector<Partial> nodes, const std::vector<bool>& has_data) {
  place_.resize(nodes.size());
  partial_->nodes.clear();
  std::vector<size_t> with_data;  // outputs
  for (const Subtree& subtree : subtrees(nodes)) {
    Output output{nodes_.size(), subtree.members.size()};
    bool any = false;
    for (size_t member : subtree.members) {
      place_[member] = nodes_.size();
      nodes_.push_back(std::move(nodes[member]));
      any = any || has_data[member];
    }
    if (any) with_data.push_back(outputs_.size());
    auto members = std::span(nodes_).subspan(output.first, output.nodes);
    partial_->nodes.push_back({subtree.level, subtree.index, nullptr, tree_sum_scalars(members)});
    outputs_.push_back(output);
  }
  auto each = static_cast<size_t>(part_.size());
  if (partial_->numbers.size() < with_data.size() * each) {
    partial_->numbers.resize(with_data.size() * each);
  }
  float* to = partial_->numbers.data();
  for (size_t output : with_data) {
    partial_->nodes[output].data = outputs_[output].to = to;
    to += each;
  }
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
