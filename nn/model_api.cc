// SPDX-License-Identifier: Apache-2.0
#include "nn/model_api.h"

#include <map>

#include "core/json.h"
#include "nn/loss.h"
#include "nn/model.h"
#include "nn/models/zoo.h"
#include "nn/plugin.h"

namespace firesteel {
namespace {

using Family = std::string (*)();

std::map<std::string, Family>& families() {
  static std::map<std::string, Family> all;
  return all;
}

[[maybe_unused]] const bool registered = add_family("layers", family_json<Registry<Layer>>) &&
                                         add_family("losses", family_json<Registry<Loss>>) &&
                                         add_family("models", family_json<Registry<NamedModel>>);

Json plugin_json(const Plugin& plugin) {
  return {{"name", plugin.name},
          {"version", plugin.version},
          {"path", plugin.path},
          {"sha256", plugin.sha256},
          {"kinds", plugin.kinds}};
}

Json node_json(const Model& model, size_t n, const std::vector<Shapes>& shapes) {
  const Node& node = model.graph->nodes()[n];
  Json inputs = Json::array();
  for (Ref ref : node.inputs) inputs.push_back(model.graph->node(ref.node).name);
  Json outputs;
  if (!shapes.empty()) {
    outputs = Json::array();
    for (const Shape& shape : shapes[n]) outputs.push_back(without_batch(shape));
  }
  Json params = Json::object();
  int64_t count = 0;
  for (const Param* p : model.table.of_node(static_cast<int>(n))) {
    params[p->spec.name] = p->spec.shape;
    if (!p->spec.state) count += p->size;
  }
  return {{"name", node.name},
          {"kind", node.layer ? node.layer->kind() : "Input"},
          {"attrs", node.layer ? to_json(node.layer->attrs()) : Json::object()},
          {"inputs", inputs},
          {"output_shapes", outputs},
          {"params", count},
          {"param_shapes", params}};
}

}  // namespace

bool add_family(const std::string& name, std::string (*json)()) {
  families()[name] = json;
  return true;
}

std::string kinds_json() {
  Json doc = Json::object();
  for (const auto& [name, json] : families()) doc[name] = Json::parse(json());
  return doc.dump();
}

std::string load_plugin_json(const std::string& path) {
  return plugin_json(load_plugin(path)).dump();
}

std::string plugins_json() {
  Json list = Json::array();
  for (const Plugin& plugin : loaded_plugins()) list.push_back(plugin_json(plugin));
  return list.dump();
}

std::string create_model(const std::string& graph_json, uint64_t seed) {
  return save_model(Model::make(graph_from_json(graph_json, "graph"), seed));
}

std::vector<std::string> model_names() {
  std::vector<std::string> names;
  for (const auto& [name, entry] : Registry<NamedModel>::instance().entries()) {
    names.push_back(name);
  }
  return names;
}

bool is_named_model(const std::string& text) {
  return Registry<NamedModel>::instance().entries().count(text.substr(0, text.find(':'))) > 0;
}

std::string named_graph(const std::string& text) {
  return graph_to_json(named_model_of(text)->graph());
}

std::string named_model(const std::string& text, uint64_t seed) {
  return create_model(named_graph(text), seed);
}

std::string describe_model(std::string_view file) {
  Model model = load_model(file, "model");
  Json doc = {{"input_shape", nullptr}, {"output_shape", nullptr}};
  std::vector<Shapes> shapes;
  if (!model.input_shape().empty()) {
    shapes = model.graph->infer(1);
    doc["input_shape"] = model.input_shape();
    doc["output_shape"] = model.output_shape();
    if (auto padding = model.graph->padding()) doc["padding"] = *padding;
  }
  doc["nodes"] = Json::array();
  for (size_t n = 0; n < model.graph->nodes().size(); ++n) {
    doc["nodes"].push_back(node_json(model, n, shapes));
  }
  doc["params"] = model.table.count(false);
  doc["state"] = model.table.count(true);
  doc["weights_sha256"] = weights_sha256(model.table, model.values.data());
  doc["bytes"] = file.size();
  Json metadata = Json::object();
  for (const auto& [key, value] : parse_safetensors(file, "model").metadata) {
    if (key != "firesteel") metadata[key] = value;
  }
  doc["metadata"] = metadata;
  return doc.dump();
}

std::string set_input_shape(std::string_view file, const std::vector<int64_t>& shape) {
  Model model = load_model(file, "model").with_input_shape(shape);
  model.graph->infer(1);
  model.graph->padded();
  return save_model(model);
}

}  // namespace firesteel
