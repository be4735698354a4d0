// SPDX-License-Identifier: Apache-2.0
// Triggers made of others.
#pragma once

#include "core/json.h"
#include "train/trigger.h"

namespace firesteel {

template <class Derived>
struct JoinedOf : TriggerOf<Derived> {
  std::string triggers;

  void check() const override {
    require<AttrError>(!parts().empty(), this->kind(), ".triggers: needs at least one");
  }
  std::vector<std::string> watched() const override {
    std::vector<std::string> all;
    for (const auto& part : parts()) {
      for (std::string& name : part->watched()) all.push_back(std::move(name));
    }
    return all;
  }

 protected:
  std::vector<std::unique_ptr<Trigger>> parts() const {
    std::string where = this->kind() + std::string(".triggers");
    Json list = parse_json(triggers, where);
    require<AttrError>(list.is_array(), where, ": must be a list of triggers");
    std::vector<std::unique_ptr<Trigger>> all;
    for (const Json& doc : list) {
      all.push_back(make_from_json(doc, Registry<Trigger>::instance(), where));
    }
    return all;
  }
};

}  // namespace firesteel
