// SPDX-License-Identifier: Apache-2.0
// Composites: layers that are graphs of layers. Adding one to a graph adds the layers it is made of,
// named "<its name>.<their name>", so plans, files and gradients know nothing of composites.
#pragma once

#include <string>
#include <vector>

#include "nn/graph.h"

namespace firesteel {

class Composite : public Layer {
 public:
  // Where its layers go.
  class Net {
   public:
    Net(Graph& graph, std::string name) : graph_(graph), name_(std::move(name)) {}
    Ref add(const std::string& name, const std::string& kind, const Attrs& attrs,
            const std::vector<Ref>& inputs);
    // All layers of another graph, whose inputs are these; returns its outputs.
    std::vector<Ref> inlined(const std::string& name, const Graph& graph,
                             const std::vector<Ref>& inputs);
    // Another output of the layer that gave this one.
    static Ref output(Ref first, int port) { return {first.node, port}; }

   private:
    Graph& graph_;
    std::string name_;
  };

  // Adds its layers and returns its outputs. Shapes are not known then: sizes are attributes.
  virtual std::vector<Ref> build(Net& net, const std::vector<Ref>& inputs) const = 0;

  // Of the layers that it is made of, "inner.weight".
  std::vector<ParamSpec> params() const final;
  Shapes infer(const Shapes& in) const final;
  bool couples_rows() const final;
  bool trains() const final;
  void forward(Run&) const final { unreachable(); }
  void backward(Run&) const final { unreachable(); }

 private:
  Graph alone(const Shapes& in) const;
  [[noreturn]] void unreachable() const;
};

namespace rules {
struct LayerDocument {
  static std::string text() { return "must be a layer"; }
  constexpr bool operator()(const std::string& json) const { return json.starts_with("{"); }
};
}  // namespace rules
// Of an attribute that is a layer's JSON document.
inline constexpr rules::LayerDocument layer_of_layers;

template <class Derived>
using CompositeOf = DescribedBy<Derived, Composite>;

// A layer from its document {"kind": "LSTM", ...}, as an attribute of another one has it; where names
// the attribute. Throws AttrError.
std::pair<std::string, Attrs> layer_document(const std::string& json, const std::string& where);

// Attributes with one of them set.
Attrs with_attr(Attrs attrs, const std::string& name, AttrValue value);

}  // namespace firesteel
