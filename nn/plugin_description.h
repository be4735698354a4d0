// SPDX-License-Identifier: Apache-2.0
// The layers that a plugin describes, checked: what passes can be used like a layer of ours.
#pragma once

#include <string>
#include <vector>

#include "nn/plugin_layer.h"

namespace firesteel {

// Throws FormatError "plugin <path>: ..." with what is wrong with the description.
std::vector<PluginKind> described_kinds(const firesteel_plugin_info* given, const std::string& path,
                                        std::string* name, std::string* version);

// The sample of a plugin's layer by its kind; null: it gave none, or no plugin has the kind.
void add_plugin_sample(const PluginKind& kind);
const Sample* plugin_sample(const std::string& kind);

}  // namespace firesteel
