// SPDX-License-Identifier: Apache-2.0
// Registry<Base>: every kind of layer, loss, optimizer, ... by name. Base::kRole names the family.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "core/schema.h"

namespace firesteel {

template <class Base>
class Registry {
 public:
  struct Entry {
    const KindInfo* info;
    std::unique_ptr<Base> (*create)();
  };

  static Registry& instance() {
    static Registry registry;
    return registry;
  }

  template <class Kind>
  bool add() {
    const KindInfo& info = Kind::describe();
    entries_[info.kind] = {&info, [] { return std::unique_ptr<Base>(std::make_unique<Kind>()); }};
    return true;
  }

  const std::map<std::string, Entry>& entries() const { return entries_; }

  // A configured object. Throws AttrError: no such kind, or unusable attributes.
  std::unique_ptr<Base> make(const std::string& kind, const Attrs& attrs = {}) const {
    auto found = entries_.find(kind);
    if (found == entries_.end()) {
      std::vector<std::string> kinds;
      for (const auto& [name, entry] : entries_) kinds.push_back(name);
      throw AttrError(with_suggestion(cat("no ", Base::kRole, " '", kind, "'"), kind, kinds));
    }
    auto object = found->second.create();
    configure(*object, attrs);
    return object;
  }

 private:
  std::map<std::string, Entry> entries_;
};

}  // namespace firesteel

// Registers a kind when the program starts; its file must be linked as an object, not an archive.
#define FIRESTEEL_REGISTER(Base, Kind)                             \
  [[maybe_unused]] static const bool firesteel_registered_##Kind = \
      ::firesteel::Registry<Base>::instance().template add<Kind>()
