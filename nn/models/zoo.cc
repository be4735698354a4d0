// SPDX-License-Identifier: Apache-2.0
#include "nn/models/zoo.h"

namespace firesteel {

std::map<std::string, NamedModel>& named_models() {
  static std::map<std::string, NamedModel> models;
  return models;
}

bool add_model(const std::string& name, const std::string& doc, Graph (*make)()) {
  named_models()[name] = {doc, make};
  return true;
}

std::shared_ptr<const Layer> layer(const std::string& kind, const Attrs& attrs) {
  return Registry<Layer>::instance().make(kind, attrs);
}

}  // namespace firesteel
