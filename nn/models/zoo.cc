// SPDX-License-Identifier: Apache-2.0
#include "nn/models/zoo.h"

namespace firesteel {

std::map<std::string, NamedModel>& named_models() {
  static std::map<std::string, NamedModel> models;
  return models;
}

bool add_model(const std::string& name, NamedModel model) {
  named_models()[name] = std::move(model);
  return true;
}

void sample_normal(Rng& rng, std::span<float> row) {
  for (float& value : row) value = rng.normal();
}

std::shared_ptr<const Layer> layer(const std::string& kind, const Attrs& attrs) {
  return Registry<Layer>::instance().make(kind, attrs);
}

}  // namespace firesteel
