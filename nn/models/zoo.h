// SPDX-License-Identifier: Apache-2.0
// Models by name.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "nn/graph.h"

namespace firesteel {

struct NamedModel {
  std::string doc;  // one line for `firesteel list models`
  Graph (*make)();
};

std::map<std::string, NamedModel>& named_models();
bool add_model(const std::string& name, const std::string& doc, Graph (*make)());

// A configured layer: layer("Linear", {{"in_features", 192}, {"out_features", 10}}).
std::shared_ptr<const Layer> layer(const std::string& kind, const Attrs& attrs = {});

}  // namespace firesteel

#define FIRESTEEL_MODEL(name, doc, make)                      \
  [[maybe_unused]] static const bool firesteel_model_##name = \
      ::firesteel::add_model(#name, doc, make)
