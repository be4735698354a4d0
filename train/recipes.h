// SPDX-License-Identifier: Apache-2.0
// Ready-made fits: a model and the hyper-parameters that its accuracy was published with.
#pragma once

#include <string>
#include <vector>

#include "core/json.h"

namespace firesteel {

struct Recipe {
  std::string name, doc, model;
  Json fit;  // of a FitSpec, with epochs or iterations
};

const std::vector<Recipe>& recipes();
// Throws AttrError.
const Recipe& recipe_of(const std::string& name);

// {"name", "doc", "model", "fit"}.
Json to_json(const Recipe& recipe);

}  // namespace firesteel
