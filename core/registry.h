// SPDX-License-Identifier: Apache-2.0
// Registry<Base>: every kind of layer, loss, optimizer, ... by name. Base::kRole names the family.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>

#include "core/schema.h"

namespace firesteel {

template <class Base>
class Registry {
 public:
  struct Entry {
    const KindInfo* info;
    std::function<std::unique_ptr<Base>()> create;
  };

  static Registry& instance() {
    static Registry registry;
    return registry;
  }

  template <class Kind>
  bool add() {
    return add({&Kind::describe(), [] { return std::unique_ptr<Base>(std::make_unique<Kind>()); }});
  }
  // Of a kind that came while the program runs; its info must stay. False: there is one of that name.
  bool add(Entry entry) {
    std::unique_lock lock(mutex_);
    return entries_.emplace(entry.info->kind, std::move(entry)).second;
  }

  // A copy: kinds may come while somebody goes through them.
  std::map<std::string, Entry> entries() const {
    std::shared_lock lock(mutex_);
    return entries_;
  }

  // A configured object. Throws AttrError: no such kind, or unusable attributes.
  std::unique_ptr<Base> make(const std::string& kind, const Attrs& attrs = {}) const {
    auto object = entry(kind).create();
    configure(*object, attrs);
    return object;
  }

 private:
  Entry entry(const std::string& kind) const {
    std::shared_lock lock(mutex_);
    auto found = entries_.find(kind);
    if (found != entries_.end()) return found->second;
    std::vector<std::string> kinds;
    for (const auto& [name, entry] : entries_) kinds.push_back(name);
    const char* elsewhere = nullptr;
    if constexpr (requires { Base::kElsewhere; }) elsewhere = Base::kElsewhere;
    unknown_kind(Base::kRole, kind, kinds, elsewhere);
  }

  mutable std::shared_mutex mutex_;
  std::map<std::string, Entry> entries_;
};

}  // namespace firesteel

// Registers a kind when the program starts; its file must be linked as an object, not an archive.
#define FIRESTEEL_REGISTER(Base, Kind)                             \
  [[maybe_unused]] static const bool firesteel_registered_##Kind = \
      ::firesteel::Registry<Base>::instance().template add<Kind>()
