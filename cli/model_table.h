// SPDX-License-Identifier: Apache-2.0
// Tables of a model's layers, from what describe_model (nn/model_api.h) tells.
#pragma once

#include "cli/terminal.h"
#include "core/json.h"

namespace firesteel::cli {

// Every node, with its inputs.
void print_nodes(Terminal& terminal, const Json& model);

// Layers, shapes and parameters on one screen: layers whose names begin alike ("layer1.0.conv1",
// "layer1.0.bn1") share a line where there are too many of them.
void print_summary(Terminal& terminal, const Json& model);

}  // namespace firesteel::cli
