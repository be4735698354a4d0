// SPDX-License-Identifier: Apache-2.0
// Models by name.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>

#include "core/rng.h"
#include "nn/graph.h"

namespace firesteel {

// Fills a row with random numbers that a model can take.
using RowSampler = void (*)(Rng& rng, std::span<float> row);
void sample_normal(Rng& rng, std::span<float> row);

struct NamedModel {
  std::string doc;  // one line for `firesteel list models`
  Graph (*make)();
  RowSampler sample_row = sample_normal;
};

std::map<std::string, NamedModel>& named_models();
bool add_model(const std::string& name, NamedModel model);

// A configured layer: layer("Linear", {{"in_features", 192}, {"out_features", 10}}).
std::shared_ptr<const Layer> layer(const std::string& kind, const Attrs& attrs = {});

}  // namespace firesteel

// FIRESTEEL_MODEL(name, doc, make[, sample_row])
#define FIRESTEEL_MODEL(name, ...)                            \
  [[maybe_unused]] static const bool firesteel_model_##name = \
      ::firesteel::add_model(#name, {__VA_ARGS__})
