// SPDX-License-Identifier: Apache-2.0
// A model's graph: layers as nodes, values as edges.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nn/layer.h"

namespace firesteel {

// Output `port` of node `node`; inputs of the graph are nodes without a layer.
struct Ref {
  int node = -1;
  int port = 0;
  bool operator==(const Ref&) const = default;
};

struct Node {
  std::string name;
  std::shared_ptr<const Layer> layer;  // null: an input of the graph
  std::vector<Ref> inputs;
  Shape shape;  // of an input, without the batch extent; empty: not known yet
  // Of an input: rows may have fewer steps (first extent), filled up at the end with this number.
  std::optional<float> padding;
};

class Graph {
 public:
  // Throws AttrError when the name is taken or an input is not a value of this graph.
  Ref input(const std::string& name, Shape shape = {}, std::optional<float> padding = {});
  // A composite adds the layers it is made of (nn/composite.h). Returns output 0.
  Ref add(const std::string& name, std::shared_ptr<const Layer> layer, std::vector<Ref> inputs);
  // An output of what was added under this name. Throws AttrError.
  Ref value(const std::string& name, int port = 0) const;
  void output(Ref value);
  // This graph without its outputs after the first ones: heads that serve training alone.
  Graph with_first_outputs(size_t count) const;

  const std::vector<Node>& nodes() const { return nodes_; }  // in topological order
  const Node& node(int i) const { return nodes_[static_cast<size_t>(i)]; }
  const std::vector<Ref>& outputs() const { return outputs_; }
  std::vector<int> inputs() const;
  bool couples_rows() const;
  // By node: whether the outputs depend on it.
  std::vector<bool> used() const;
  // How many layers couple rows, of those that the outputs depend on.
  int64_t coupling_layers() const;

  // Gives the only input its shape, or checks that it has this one.
  void set_input_shape(const Shape& shape);
  // The shapes of all values of all nodes for a batch. Throws ShapeError "node: rule".
  // steps: of the longest row, where the input has padding; 0: as many as the input has.
  std::vector<Shapes> infer(int64_t batch, int64_t steps = 0) const;

  // What fills up the rows of the only input; nothing: all have the same number of steps.
  std::optional<float> padding() const;
  // Steps of the longest row, where the only input has padding.
  int64_t most_steps() const;
  // By node, whether its output 0 has a step for each of the row's own number of steps. Throws
  // AttrError where a layer or the model's user would take padding for steps.
  std::vector<bool> padded() const;

 private:
  void check_new(const std::string& name, const Layer* layer, const std::vector<Ref>& inputs) const;
  Shapes infer_node(const Node& node, int64_t batch, int64_t steps,
                    const std::vector<Shapes>& before) const;

  std::vector<Node> nodes_;
  std::vector<Ref> outputs_;
  std::map<std::string, std::vector<Ref>> composites_;  // by name, their outputs
};

// {"inputs": [{"name", "shape"}], "nodes": [{"name", "kind", "attrs", "inputs"}], "outputs"}.
// A value is named after its node, "node:1" for a second output.
std::string graph_to_json(const Graph& graph);
// Throws FormatError or AttrError.
Graph graph_from_json(std::string_view json, const std::string& where);

// A chain of layers; names are the kind and a running number ("conv2d_1") unless given.
class Sequential {
 public:
  explicit Sequential(Shape input = {}, std::optional<float> padding = {})
      : last_(graph_.input("input", std::move(input), padding)) {}
  Sequential(std::initializer_list<std::shared_ptr<const Layer>> layers);
  Sequential& add(std::shared_ptr<const Layer> layer, std::string name = {});
  Graph graph() const;

 private:
  Graph graph_;
  Ref last_;
  std::vector<std::pair<std::string, int>> used_;
};

// The kind as a lower-case name with underscores: "MaxPool2d" -> "max_pool2d".
std::string snake_case(const std::string& kind);

}  // namespace firesteel
