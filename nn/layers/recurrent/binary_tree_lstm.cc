// SPDX-License-Identifier: Apache-2.0
// BinaryTreeLSTM: states of the nodes of binary trees. Of a leaf c, o = W_leaf x + b_leaf; of
// another node i, f_1, f_2, g, o = W [h_1, h_2] + b of its children, c = sigmoid(i) tanh(g) +
// sigmoid(f_1) c_1 + sigmoid(f_2) c_2; h = sigmoid(o) tanh(c), or tanh(c) without an output gate.
// Tai, Socher and Manning, "Improved semantic representations from tree-structured long short-term
// memory networks", 2015.
//
// Nodes come in an order in which children precede their parents, so that the inner nodes of one
// position are one product for all trees. Products are made of f32.
#include <algorithm>
#include <cstring>

#include "backend/kernels/recurrent.h"
#include "core/buffer.h"
#include "nn/layer.h"

namespace firesteel {

struct BinaryTreeLSTM final : LayerOf<BinaryTreeLSTM> {
  int64_t input_size = 0, hidden_size = 0;
  bool gate_output = true;

  static constexpr auto schema() {
    return Schema{
        "BinaryTreeLSTM",
        "recurrent",
        "States of the nodes of binary trees. Input 0 has the numbers of each node, which leaves "
        "read. Input 1 has the places of each node's two children among the nodes before it, "
        "counted from 0; any other number is no child. With -1 twice a node is a leaf, with -2 "
        "twice there is no node, and its output is zero.",
        required("input_size", &BinaryTreeLSTM::input_size, "numbers of a node", positive),
        required("hidden_size", &BinaryTreeLSTM::hidden_size, "numbers of a state", positive),
        attr("gate_output", &BinaryTreeLSTM::gate_output, "nodes have an output gate")};
  }
  // The first node is a leaf, and most of the others have children among those before them.
  static Sample sample() {
    return {.attrs = {{"input_size", int64_t{3}}, {"hidden_size", int64_t{4}}},
            .in = {{2, 5, 3}, {2, 5, 2}},
            .ids_below = 5,
            .ids_inputs = {1}};
  }

  int least_inputs() const override { return 2; }

  std::vector<ParamSpec> params() const override {
    Init leaf = Init::fan_in(input_size), node = Init::fan_in(2 * hidden_size);
    int64_t leaf_rows = leaf_gates() * hidden_size, rows = gates() * hidden_size;
    return {{.name = "leaf.weight", .shape = {leaf_rows, input_size}, .init = leaf},
            {.name = "leaf.bias", .shape = {leaf_rows}, .init = leaf, .decay = false},
            {.name = "node.weight", .shape = {rows, 2 * hidden_size}, .init = node},
            {.name = "node.bias", .shape = {rows}, .init = node, .decay = false}};
  }

  Shapes infer(const Shapes& in) const override {
    require(in[0].size() == 3 && in[0][2] == input_size, "input must be nodes of ", input_size,
            " numbers, got ", without_batch(in[0]));
    Shape children = {in[0][0], in[0][1], 2};
    require(in[1] == children, "input 1 must be ", without_batch(children),
            ", two children of each node, got ", without_batch(in[1]));
    return {{in[0][0], in[0][1], hidden_size}};
  }

  double flops(const Shapes& in, const Shapes&) const override {
    int64_t each = hidden_size * (leaf_gates() * input_size + gates() * 2 * hidden_size);
    return 2.0 * static_cast<double>(in[0][0] * in[0][1] * each);
  }

  void prepare(Prepare& p) const override;
  void forward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() { forward_as<T>(r); });
  }
  void backward(Run& r) const override {
    by_dtype(r.dtype(), [&]<class T>() { backward_as<T>(r); });
  }

 private:
  enum Op : size_t { kLeafCell, kCell, kLeaves, kNodes, kAllNodes };
  enum Pack : size_t { kLeafWeight, kNodeWeight, kLeafBackward, kNodeBackward };
  // Of leaves, tree by tree, as are the cells; of inner nodes, position by position: what the
  // products read, the children's cells, and the gates.
  enum Slot : size_t { kLeafGates, kC, kChildrenH, kChildrenC, kGates };

  int64_t leaf_gates() const { return gate_output ? 2 : 1; }
  int64_t gates() const { return gate_output ? 5 : 4; }

  // A node's children, -1 where there is none.
  struct Children {
    int64_t at[2];
    bool exists = true;
    bool inner() const { return at[0] >= 0 || at[1] >= 0; }
  };
  template <class T>
  Children children(const Run& r, int64_t n, int64_t t) const {
    auto* ids = static_cast<const T*>(r.x(1)) + (n * r.in()[1] + t) * 2;
    auto before = [&](T id) { return id >= T(-0.5) && id < static_cast<T>(t) - T(0.5); };
    auto at = [&](T id) { return before(id) ? static_cast<int64_t>(id + T(0.5)) : int64_t{-1}; };
    return {{at(ids[0]), at(ids[1])}, ids[0] > T(-1.5) || ids[1] > T(-1.5)};
  }
  // Calls body(tree, its node's children) for the trees whose node at position t has some; false:
  // there is none.
  template <class T, class Body>
  bool each_inner(const Run& r, int64_t t, const Body& body) const {
    bool some = false;
    for (int64_t n = 0; n < r.rows(); ++n) {
      Children c = children<T>(r, n, t);
      if (!c.exists || !c.inner()) continue;
      body(n, c);
      some = true;
    }
    return some;
  }
  // Numbers of scratch before that of the products: c and h of a position's inner nodes, in
  // backward also dh and those of both children's h and c; and dh and dc of all nodes.
  int64_t own_numbers(const Shape& in) const {
    return in[0] * hidden_size * 6 + 2 * in[0] * in[1] * hidden_size;
  }
  template <class T>
  kernels::RecurrentStep step(const Run& r, int64_t t, T* c, T* h) const;
  template <class T>
  void forward_as(Run& r) const;
  template <class T>
  void backward_as(Run& r) const;
  template <class T>
  void backward_inner(Run& r, T* dh, T* dc, T* own, void* rest) const;
};
FIRESTEEL_LAYER(BinaryTreeLSTM);

void BinaryTreeLSTM::prepare(Prepare& p) const {
  Env env = p.env();
  env.compute = DType::f32;
  int64_t rows = p.in()[0], all = rows * p.in()[1], width = hidden_size;
  const auto& table = kernels::recurrent(env);
  p.keep(std::make_unique<kernels::Cell>(table.leaf[gate_output ? 1 : 0]));
  p.keep(std::make_unique<kernels::Cell>(table.inner[gate_output ? 1 : 0]));
  size_t products = 0;
  auto product = [&](int64_t count, int64_t inputs, int64_t outputs) -> InnerProduct& {
    auto& op = p.keep(
        make_inner_product(env, {.rows = count, .inputs = inputs, .outputs = outputs * width}));
    products = std::max(products, op.scratch_bytes);
    return op;
  };
  auto& leaves = product(all, input_size, leaf_gates());
  auto& nodes = product(rows, 2 * width, gates());
  p.pack(0, leaves.weights);
  p.pack(2, nodes.weights);
  if (p.training()) {
    p.pack(0, leaves.weights_backward);
    p.pack(2, nodes.weights_backward);
    product(all, 2 * width, gates());
  }
  p.backward_reads_input(0);
  p.backward_reads_input(1);
  auto bytes = [&](int64_t count) { return static_cast<size_t>(count) * size_of(env.dtype); };
  p.save(bytes(all * leaf_gates() * width));
  p.save(bytes(all * width));
  p.save(bytes(all * 2 * width));
  p.save(bytes(all * 2 * width));
  p.save(bytes(all * gates() * width));
  p.scratch(whole_lines(bytes(own_numbers(p.in()))) + products);
}

// The inner nodes at position t of all trees, whose cells and states lie together in c and h.
template <class T>
kernels::RecurrentStep BinaryTreeLSTM::step(const Run& r, int64_t t, T* c, T* h) const {
  int64_t before = t * r.rows() * hidden_size;
  return {.rows = r.rows(),
          .hidden = hidden_size,
          .gates = static_cast<T*>(r.saved(kGates)) + before * gates(),
          .h_before = static_cast<T*>(r.saved(kChildrenH)) + before * 2,
          .h = h,
          .c_before = static_cast<T*>(r.saved(kChildrenC)) + before * 2,
          .c = c};
}

template <class T>
void BinaryTreeLSTM::forward_as(Run& r) const {
  int64_t rows = r.rows(), nodes = r.in()[1], width = hidden_size, all = rows * nodes;
  auto* own = static_cast<T*>(r.scratch());
  void* rest = reinterpret_cast<std::byte*>(own) +
               whole_lines(static_cast<size_t>(own_numbers(r.in())) * sizeof(T));
  auto* y = static_cast<T*>(r.y());
  auto* c = static_cast<T*>(r.saved(kC));
  // Every node as if it were a leaf.
  r.op<InnerProduct>(kLeaves).forward(r.x(), r.packed(kLeafWeight), r.param(1), r.saved(kLeafGates),
                                      rest);
  r.op<kernels::Cell>(kLeafCell).forward(
      {.rows = all, .hidden = width, .gates = r.saved(kLeafGates), .h = y, .c = c});
  for (int64_t t = 0; t < nodes; ++t) {
    auto now = step(r, t, own, own + rows * width);
    auto* h_before = static_cast<T*>(r.saved(kChildrenH)) + t * rows * 2 * width;
    auto* c_before = static_cast<T*>(r.saved(kChildrenC)) + t * rows * 2 * width;
    std::fill_n(h_before, rows * 2 * width, T(0));
    std::fill_n(c_before, rows * 2 * width, T(0));
    bool some = each_inner<T>(r, t, [&](int64_t n, const Children& of) {
      for (int64_t side = 0; side < 2; ++side) {
        if (of.at[side] < 0) continue;
        int64_t from = (n * nodes + of.at[side]) * width, to = (n * 2 + side) * width;
        std::copy_n(y + from, width, h_before + to);
        std::copy_n(c + from, width, c_before + to);
      }
    });
    if (some) {
      r.op<InnerProduct>(kNodes).forward(h_before, r.packed(kNodeWeight), r.param(3), now.gates,
                                         rest);
      r.op<kernels::Cell>(kCell).forward(now);
      each_inner<T>(r, t, [&](int64_t n, const Children&) {
        std::copy_n(own + n * width, width, c + (n * nodes + t) * width);
        std::copy_n(own + (rows + n) * width, width, y + (n * nodes + t) * width);
      });
    }
    for (int64_t n = 0; n < rows; ++n) {
      if (children<T>(r, n, t).exists) continue;
      std::fill_n(c + (n * nodes + t) * width, width, T(0));
      std::fill_n(y + (n * nodes + t) * width, width, T(0));
    }
  }
}

template <class T>
void BinaryTreeLSTM::backward_as(Run& r) const {
  int64_t rows = r.rows(), nodes = r.in()[1], width = hidden_size, all = rows * nodes;
  auto* own = static_cast<T*>(r.scratch());
  auto* dh = own + rows * width * 6;  // of all nodes
  auto* dc = dh + all * width;
  void* rest = reinterpret_cast<std::byte*>(own) +
               whole_lines(static_cast<size_t>(own_numbers(r.in())) * sizeof(T));
  std::copy_n(static_cast<const T*>(r.dy()), all * width, dh);
  std::fill_n(dc, all * width, T(0));
  backward_inner(r, dh, dc, own, rest);
  r.op<InnerProduct>(kAllNodes).backward_weights(r.saved(kChildrenH), r.saved(kGates), r.dparam(2),
                                                 r.dparam(3), rest);
  // What is left belongs to leaves.
  auto& leaves = r.op<InnerProduct>(kLeaves);
  void* dleaf = r.saved(kLeafGates);
  r.op<kernels::Cell>(kLeafCell).backward(
      {.rows = all, .hidden = width, .gates = dleaf, .c = r.saved(kC), .dh = dh, .dc = dc});
  leaves.backward_weights(r.x(), dleaf, r.dparam(0), r.dparam(1), rest);
  if (r.dx(0)) leaves.backward_data(dleaf, r.packed(kLeafBackward), r.dx(0), rest);
  if (r.dx(1)) std::fill_n(static_cast<T*>(r.dx(1)), all * 2, T(0));
}

// Takes the gradients of inner nodes out of dh and dc, and adds to those of their children; leaves
// the gradients of the gates.
template <class T>
void BinaryTreeLSTM::backward_inner(Run& r, T* dh, T* dc, T* own, void* rest) const {
  int64_t rows = r.rows(), nodes = r.in()[1], width = hidden_size, state = rows * width;
  auto* c = static_cast<const T*>(r.saved(kC));
  auto *c_here = own, *dh_here = own + state, *dc_children = own + 2 * state,
       *dh_children = own + 4 * state;
  auto* dc_here = dh_children;  // read before that is written
  for (int64_t t = nodes; t-- > 0;) {
    auto now = step<T>(r, t, c_here, nullptr);
    now.dh = dh_here;
    now.dc = dc_here;
    now.sums = dc_children;
    std::fill_n(own, 6 * state, T(0));
    bool some = each_inner<T>(r, t, [&](int64_t n, const Children&) {
      int64_t from = (n * nodes + t) * width, to = n * width;
      std::copy_n(c + from, width, c_here + to);
      std::copy_n(dh + from, width, dh_here + to);
      std::copy_n(dc + from, width, dc_here + to);
    });
    for (int64_t n = 0; n < rows; ++n) {
      Children of = children<T>(r, n, t);
      if (of.exists && !of.inner()) continue;
      std::fill_n(dh + (n * nodes + t) * width, width, T(0));
      std::fill_n(dc + (n * nodes + t) * width, width, T(0));
    }
    if (!some) {
      std::fill_n(static_cast<T*>(now.gates), gates() * state, T(0));
      continue;
    }
    r.op<kernels::Cell>(kCell).backward(now);
    r.op<InnerProduct>(kNodes).backward_data(now.gates, r.packed(kNodeBackward), dh_children, rest);
    each_inner<T>(r, t, [&](int64_t n, const Children& of) {
      for (int64_t side = 0; side < 2; ++side) {
        if (of.at[side] < 0) continue;
        int64_t to = (n * nodes + of.at[side]) * width, from = (n * 2 + side) * width;
        for (int64_t j = 0; j < width; ++j) {
          dh[to + j] += dh_children[from + j];
          dc[to + j] += dc_children[from + j];
        }
      }
    });
  }
}

}  // namespace firesteel
