// SPDX-License-Identifier: Apache-2.0
// The narrow waist that all languages go through: models as text and bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace firesteel {

// All declared kinds: {"layers": [KindInfo + "capabilities"], "losses", "optimizers", "schedules",
// "metrics": [...]}; a KindInfo is {"kind", "group", "doc", "attrs": [{"name", "type", "doc",
// "rule", "required", "default"}]}.
std::string kinds_json();
// Families register the printing of their registry under a name ("layers").
bool add_family(const std::string& name, std::string (*json)());

// A model file with first values of the graph (nn/graph.h has the JSON form).
std::string create_model(const std::string& graph_json, uint64_t seed);

// Loads a plugin (nn/plugin.h): {"name", "version", "path", "sha256", "kinds": ["LearnedSwish"]}.
std::string load_plugin_json(const std::string& path);
// All that are loaded, as a list of these.
std::string plugins_json();

// Models by name, such as "lenet5", or with options, as "resnet50:classes=10". Throws AttrError.
std::vector<std::string> model_names();
bool is_named_model(const std::string& text);
std::string named_model(const std::string& text, uint64_t seed);
std::string named_graph(const std::string& text);  // its graph as JSON

// {"input_shape", "output_shape", "padding" (where it has one), "nodes": [{"name", "kind", "attrs",
// "inputs", "output_shapes", "params", "param_shapes": {"weight": [...]}}], "params", "state",
// "weights_sha256", "bytes", "metadata"}. Shapes are of one row, and null when the input shape is not known yet.
std::string describe_model(std::string_view model);

// Checks that a model with this input shape, loss and label fits together.
std::string set_input_shape(std::string_view model, const std::vector<int64_t>& shape);

}  // namespace firesteel
