// SPDX-License-Identifier: Apache-2.0
// What the builders in nn/generated are made of: Sequential{nn::Conv2d(1, 6, 5), nn::Tanh(), nn::MaxPool2d(2)}
// and optim::SGD(0.1, 0.9). Arguments are the attributes, the required ones first.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>

#include "core/json.h"
#include "core/registry.h"
#include "nn/graph.h"
#include "nn/layer.h"

namespace firesteel::nn {

using firesteel::Graph;
using firesteel::Sequential;
using LayerPtr = std::shared_ptr<const Layer>;

// One number, or a list such as {height, width}.
struct Ints : Dims {
  Ints(int64_t value) : Dims{value} {}  // NOLINT(google-explicit-constructor)
  Ints(std::initializer_list<int64_t> values) : Dims(values) {}
  Ints(Dims values) : Dims(std::move(values)) {}  // NOLINT(google-explicit-constructor)
};

// A layer as the attribute of another.
inline std::string document(const LayerPtr& layer) { return described_to_json(*layer).dump(); }

// Any layer by its kind. Throws AttrError where a rule is not obeyed.
inline LayerPtr make(const std::string& kind, const Attrs& attrs) {
  return Registry<Layer>::instance().make(kind, attrs);
}

// A document of any other kind, for a fit: {"kind": "SGD", "lr": 0.1, ...}. It is checked where the fit begins.
inline Json spec(const std::string& kind, const Attrs& attrs) {
  Json doc = Json::object();
  doc["kind"] = kind;
  for (const auto& [name, value] : attrs) doc[name] = to_json(value);
  return doc;
}

}  // namespace firesteel::nn
