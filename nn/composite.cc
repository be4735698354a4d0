// SPDX-License-Identifier: Apache-2.0
#include "nn/composite.h"

#include "core/json.h"
#include "nn/params.h"

namespace firesteel {

Ref Composite::Net::add(const std::string& name, const std::string& kind, const Attrs& attrs,
                        const std::vector<Ref>& inputs) {
  std::shared_ptr<const Layer> layer = Registry<Layer>::instance().make(kind, attrs);
  return graph_.add(cat(name_, ".", name), std::move(layer), inputs);
}

std::vector<Ref> Composite::Net::inlined(const std::string& name, const Graph& graph,
                                         const std::vector<Ref>& inputs) {
  std::vector<Ref> here(graph.nodes().size());  // output 0 of each node, in the graph around it
  auto moved = [&](Ref ref) {
    Ref base = here[static_cast<size_t>(ref.node)];
    return Ref{base.node, base.port + ref.port};
  };
  for (size_t n = 0, input = 0; n < here.size(); ++n) {
    const Node& node = graph.nodes()[n];
    if (!node.layer) {
      here[n] = inputs.at(input++);
      continue;
    }
    std::vector<Ref> from;
    for (Ref ref : node.inputs) from.push_back(moved(ref));
    here[n] = graph_.add(cat(name_, ".", name, ".", node.name), node.layer, from);
  }
  std::vector<Ref> out;
  for (Ref ref : graph.outputs()) out.push_back(moved(ref));
  return out;
}

// Inputs without shapes where `in` is empty.
Graph Composite::alone(const Shapes& in) const {
  Graph graph;
  std::vector<Ref> inputs;
  size_t count = in.empty() ? static_cast<size_t>(least_inputs()) : in.size();
  for (size_t i = 0; i < count; ++i) {
    inputs.push_back(graph.input(cat("x", i), in.empty() ? Shape{} : without_batch(in[i])));
  }
  Net net(graph, "");
  for (Ref out : build(net, inputs)) graph.output(out);
  return graph;
}

std::vector<ParamSpec> Composite::params() const {
  std::vector<ParamSpec> specs;
  ParamTable table(alone({}));
  for (const Param& p : table.params()) {
    specs.push_back(p.spec);
    specs.back().name = p.name.substr(1);  // the name of the composite, which is empty, and a dot
  }
  return specs;
}

Shapes Composite::infer(const Shapes& in) const {
  Graph graph = alone(in);
  auto shapes = graph.infer(in[0][0]);
  Shapes out;
  for (Ref ref : graph.outputs()) {
    out.push_back(shapes[static_cast<size_t>(ref.node)][static_cast<size_t>(ref.port)]);
  }
  return out;
}

bool Composite::couples_rows() const { return alone({}).couples_rows(); }

bool Composite::trains() const {
  Graph graph = alone({});
  for (const Node& node : graph.nodes()) {
    if (node.layer && !node.layer->trains()) return false;
  }
  return true;
}

void Composite::unreachable() const {
  fail<SystemError>(kind(), ": a composite is computed by the layers it is made of");
}

std::pair<std::string, Attrs> layer_document(const std::string& json, const std::string& where) {
  try {
    Json doc = parse_json(json, where);
    auto kind = field<std::string>(doc, "kind", where);
    doc.erase("kind");
    Attrs attrs = attrs_from_json(doc, kind);
    Registry<Layer>::instance().make(kind, attrs);
    return {kind, attrs};
  } catch (const FormatError& e) {
    throw AttrError(cat(where, ": must be the document of a layer, got '", json, "'"));
  }
}

Attrs with_attr(Attrs attrs, const std::string& name, AttrValue value) {
  std::erase_if(attrs, [&](const auto& item) { return item.first == name; });
  attrs.emplace_back(name, std::move(value));
  return attrs;
}

}  // namespace firesteel
