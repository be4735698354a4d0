// SPDX-License-Identifier: Apache-2.0
// Declarations and models: documents are JSON text, model files are bytes.
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "core/json.h"
#include "nn/layer.h"
#include "nn/loss.h"
#include "nn/model_api.h"
#include "python/src/bind.h"
#include "train/fit_report.h"
#include "train/metric.h"
#include "train/optimizer.h"
#include "train/recipes.h"
#include "train/trigger.h"

namespace firesteel::python {
namespace {

template <class Base>
bool make(const std::string& kind, const Attrs& attrs) {
  Registry<Base>::instance().make(kind, attrs);
  return false;
}

template <>
bool make<Layer>(const std::string& kind, const Attrs& attrs) {
  return !Registry<Layer>::instance().make(kind, attrs)->params().empty();
}

// Throws what the attributes violate; returns whether it is a layer with parameters.
bool check(const std::string& family, const std::string& kind, const std::string& attrs_json) {
  static const std::map<std::string, bool (*)(const std::string&, const Attrs&)> kMakers = {
      {"layers", make<Layer>},       {"losses", make<Loss>},      {"optimizers", make<Optimizer>},
      {"schedules", make<Schedule>}, {"triggers", make<Trigger>}, {"metrics", make<Metric>}};
  auto maker = kMakers.find(family);
  require<AttrError>(maker != kMakers.end(), "no family '", family, "'");
  return maker->second(kind, attrs_from_json(parse_json(attrs_json, kind), kind));
}

}  // namespace

void bind_models(nb::module_& m) {
  using namespace nb::literals;
  m.def("kinds", &kinds_json, "All declared kinds as JSON.");
  m.def("check", &check, "family"_a, "kind"_a, "attrs_json"_a);
  m.def("load_plugin", &load_plugin_json, "path"_a);
  m.def("plugins", &plugins_json, "All loaded plugins as JSON.");
  m.def(
      "report_page",
      [](const std::string& events) { return report_page(parse_json(events, "events")); },
      "events"_a);
  m.def(
      "recipe", [](const std::string& name) { return to_json(recipe_of(name)).dump(); }, "name"_a);
  m.def("model_names", &model_names);
  m.def("named_graph", &named_graph, "name"_a);
  m.def(
      "named_model",
      [](const std::string& name, uint64_t seed) { return to_bytes(named_model(name, seed)); },
      "name"_a, "seed"_a);
  m.def(
      "create_model",
      [](const std::string& graph_json, uint64_t seed) {
        return to_bytes(create_model(graph_json, seed));
      },
      "graph_json"_a, "seed"_a);
  m.def(
      "describe_model", [](const nb::bytes& model) { return describe_model(view(model)); },
      "model"_a);
  m.def(
      "set_input_shape",
      [](const nb::bytes& model, const std::vector<int64_t>& shape) {
        return to_bytes(set_input_shape(view(model), shape));
      },
      "model"_a, "shape"_a);
}

}  // namespace firesteel::python
