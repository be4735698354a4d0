// SPDX-License-Identifier: Apache-2.0
#include "nn/fusion.h"

namespace firesteel {
namespace {

class Finder {
 public:
  Finder(const Graph& graph, const std::vector<Shapes>& shapes, const std::vector<bool>& used,
         const Env& env)
      : graph_(graph), shapes_(shapes), used_(used), env_(env) {
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
        int head = static_cast<int>(n);
        int last = extend(head, head, node.layer->fuses(env_));
        add_following(head, last);
      }
    }
    return std::move(found_);
  }

 private:
  const Shape& shape(Ref ref) const {
    return shapes_[static_cast<size_t>(ref.node)][static_cast<size_t>(ref.port)];
  }
  // The only reader of a node; -1: there are several, or the caller.
  int next(int n) const {
    const auto& readers = readers_[static_cast<size_t>(n)];
    return readers.size() == 1 ? readers[0] : -1;
  }
  // The only reader of a node, when it has this role; -1 otherwise.
  int next(int n, Role role) const {
    int reader = next(n);
    return reader >= 0 && graph_.node(reader).layer->role() == role ? reader : -1;
  }

  // Adds to a node what is done besides its layer, all within `head`; the last of those nodes.
  int extend(int head, int node, const Fusable& may) {
    Fused& fused = found_.fused[static_cast<size_t>(node)];
    int last = node;
    auto take = [&](int node) {
      found_.head[static_cast<size_t>(node)] = head;
      last = node;
      return node;
    };
    if (int n = may.affine ? next(last, Role::affine) : -1; n >= 0) fused.affine = take(n);
    if (int n = may.sum ? next(last, Role::sum) : -1; n >= 0) {
      const auto& inputs = graph_.node(n).inputs;
      // The later of the two takes the earlier one in: that one is computed by then. Neither is
      // repeated along an extent.
      if (inputs.size() == 2 && inputs[0].node != inputs[1].node &&
          shape(inputs[0]) == shape(inputs[1])) {
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
    return last;
  }

  // The layer after all that, if the head's layer does it too.
  void add_following(int head, int last) {
    const Node& node = graph_.node(head);
    Fused& fused = found_.fused[static_cast<size_t>(head)];
    int n = next(last);
    if (n < 0 || fused.sum >= 0 || node.inputs.size() != 1) return;
    const Layer& following = *graph_.node(n).layer;
    const Shape& out = shapes_[static_cast<size_t>(n)][0];
    if (!node.layer->does(following, env_, shape(node.inputs[0]), out)) return;
    fused.then = n;
    found_.head[static_cast<size_t>(n)] = head;
    Fusable may = following.fuses(env_);
    may.sum = false;
    extend(head, n, may);
  }

  const Graph& graph_;
  const std::vector<Shapes>& shapes_;
  const std::vector<bool>& used_;
  const Env& env_;
  std::vector<std::vector<int>> readers_;
  Fusions found_;
};

}  // namespace

Fusions find_fusions(const Graph& graph, const std::vector<Shapes>& shapes,
                     const std::vector<bool>& used, const Env& env) {
  return Finder(graph, shapes, used, env).find();
}

}  // namespace firesteel
