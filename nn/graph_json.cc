// SPDX-License-Identifier: Apache-2.0
// The graph as JSON text, as it stands in model files.
#include "core/json.h"
#include "nn/graph.h"

namespace firesteel {
namespace {

std::string value_name(const Graph& graph, Ref ref) {
  const std::string& name = graph.node(ref.node).name;
  return ref.port == 0 ? name : cat(name, ":", ref.port);
}

Ref value_of(const Graph& graph, const std::string& text, const std::string& where) {
  size_t colon = text.rfind(':');
  int port = 0;
  if (colon != std::string::npos) {
    std::string digits = text.substr(colon + 1);
    bool valid = !digits.empty() && digits.size() < 4 &&
                 digits.find_first_not_of("0123456789") == std::string::npos;
    require<FormatError>(valid, where, ": '", text, "' is not the name of a value");
    port = std::stoi(digits);
  }
  try {
    return graph.value(text.substr(0, colon), port);
  } catch (const AttrError& e) {
    throw FormatError(cat(where, ": ", e.what()));
  }
}

}  // namespace

std::string graph_to_json(const Graph& graph) {
  Json doc = {{"inputs", Json::array()}, {"nodes", Json::array()}, {"outputs", Json::array()}};
  for (const Node& node : graph.nodes()) {
    if (!node.layer) {
      Json input = {{"name", node.name}, {"shape", node.shape}};
      if (node.padding) input["padding"] = *node.padding;
      doc["inputs"].push_back(input);
      continue;
    }
    Json inputs = Json::array();
    for (const Ref& ref : node.inputs) inputs.push_back(value_name(graph, ref));
    doc["nodes"].push_back({{"name", node.name},
                            {"kind", node.layer->kind()},
                            {"attrs", to_json(node.layer->attrs())},
                            {"inputs", inputs}});
  }
  for (const Ref& ref : graph.outputs()) doc["outputs"].push_back(value_name(graph, ref));
  return doc.dump();
}

Graph graph_from_json(std::string_view json, const std::string& where) {
  Json doc = parse_json(json, where);
  Graph graph;
  for (const Json& item : field<Json>(doc, "inputs", where)) {
    auto name = field<std::string>(item, "name", cat(where, ": inputs"));
    std::optional<float> padding;
    if (item.contains("padding")) padding = field<float>(item, "padding", name);
    graph.input(name, field_or<Shape>(item, "shape", {}, name), padding);
  }
  for (const Json& item : field<Json>(doc, "nodes", where)) {
    auto name = field<std::string>(item, "name", cat(where, ": nodes"));
    auto kind = field<std::string>(item, "kind", name);
    auto attrs = field_or<Json>(item, "attrs", Json::object(), name);
    std::vector<Ref> inputs;
    for (const auto& text : field<std::vector<std::string>>(item, "inputs", name)) {
      inputs.push_back(value_of(graph, text, name));
    }
    try {
      std::shared_ptr<const Layer> layer =
          Registry<Layer>::instance().make(kind, attrs_from_json(attrs, kind));
      graph.add(name, std::move(layer), std::move(inputs));
    } catch (const AttrError& e) {
      if (std::string_view(e.what()).starts_with(name + ":")) throw;
      throw AttrError(cat(name, ": ", e.what()));
    }
  }
  auto outputs = field<std::vector<std::string>>(doc, "outputs", where);
  require<FormatError>(!outputs.empty(), where, ": the graph has no outputs");
  for (const auto& text : outputs) graph.output(value_of(graph, text, where));
  graph.padded();  // throws where padding would be taken for steps
  return graph;
}

}  // namespace firesteel
