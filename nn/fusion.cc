// SPDX-License-Identifier: Apache-2.0
#include "nn/fusion.h"

namespace firesteel {
namespace {

class Finder {
 public:
  Finder(const Graph& graph, const std::vector<bool>& used, const Env& env)
      : graph_(graph), used_(used), env_(env) {
    size_t count = graph.nodes().size();
    found_.fused.resize(count);
    for (size_t n = 0; n < count; ++n) found_.head.push_back(static_cast<int>(n));
    readers_.resize(count);
    for (size_t n = 0; n < count; ++n) {
      if (!used[n]) continue;
      for (Ref ref : graph.nodes()[n].inputs) {
        readers_[static_cast<size_t>(ref.node)].push_back(static_cast<int>(n));
      }
    }
    // An output is read by the caller.
    for (Ref ref : graph.outputs()) readers_[static_cast<size_t>(ref.node)].push_back(-1);
  }

  Fusions find() {
    for (size_t n = 0; n < found_.head.size(); ++n) {
      const Node& node = graph_.nodes()[n];
      if (env_.fuse && used_[n] && node.layer && found_.head[n] == static_cast<int>(n)) {
        extend(static_cast<int>(n), node.layer->fuses(env_));
      }
    }
    return std::move(found_);
  }

 private:
  // The only reader of a node, when it has this role; -1 otherwise.
  int next(int n, Role role) const {
    const auto& readers = readers_[static_cast<size_t>(n)];
    if (readers.size() != 1 || readers[0] < 0) return -1;
    const Node& reader = graph_.node(readers[0]);
    return reader.layer->role() == role ? readers[0] : -1;
  }

  void extend(int head, const Fusable& may) {
    Fused& fused = found_.fused[static_cast<size_t>(head)];
    int last = head;
    auto take = [&](int node) {
      found_.head[static_cast<size_t>(node)] = head;
      last = node;
      return node;
    };
    if (int n = may.affine ? next(last, Role::affine) : -1; n >= 0) fused.affine = take(n);
    if (int n = may.sum ? next(last, Role::sum) : -1; n >= 0) {
      const auto& inputs = graph_.node(n).inputs;
      // The later of the two takes the earlier one in: that one is computed by then.
      if (inputs.size() == 2 && inputs[0].node != inputs[1].node) {
        Ref other = inputs[0].node == last ? inputs[1] : inputs[0];
        if (found_.head[static_cast<size_t>(other.node)] < head) {
          fused.sum = take(n);
          fused.addend = other;
        }
      }
    }
    if (int n = may.relu ? next(last, Role::relu) : -1; n >= 0) {
      fused.relu = take(n);
      fused.most = graph_.node(n).layer->most();
    }
  }

  const Graph& graph_;
  const std::vector<bool>& used_;
  const Env& env_;
  std::vector<std::vector<int>> readers_;
  Fusions found_;
};

}  // namespace

Fusions find_fusions(const Graph& graph, const std::vector<bool>& used, const Env& env) {
  return Finder(graph, used, env).find();
}

}  // namespace firesteel
