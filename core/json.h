// SPDX-License-Identifier: Apache-2.0
// JSON text, with objects in the order in which they were written, and attributes as JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "core/schema.h"

namespace firesteel {

using Json = nlohmann::ordered_json;

// Throws FormatError "where: not valid JSON at byte n" .
Json parse_json(std::string_view text, const std::string& where);

Json to_json(const AttrValue& value);
Json to_json(const Attrs& attrs);
Json to_json(const KindInfo& info);
// where names the object that has the attributes, for messages.
Attrs attrs_from_json(const Json& object, const std::string& where);
// {"kind": "SGD", "lr": 0.1, ...}: kind and attributes in one object.
Json described_to_json(const Described& object);

// "SGD", "SGD:lr=0.1,nesterov=true" or {"kind": "SGD", ...} as the JSON document. Throws AttrError.
Json kind_document(const std::string& text, const std::string& what);

// The kinds of a family, as a JSON list.
template <class Registry>
std::string family_json() {
  Json list = Json::array();
  for (const auto& [kind, entry] : Registry::instance().entries()) {
    list.push_back(to_json(*entry.info));
  }
  return list.dump();
}

// doc.at(key) as a T, with a FormatError that names what is missing or of the wrong type.
template <class T>
T field(const Json& doc, const char* key, const std::string& where) {
  require<FormatError>(doc.is_object() && doc.contains(key), where, ": no '", key, "'");
  try {
    return doc.at(key).get<T>();
  } catch (const Json::exception&) {
    fail<FormatError>(where, ".", key, ": has the wrong type, got ", doc.at(key).dump());
  }
}
template <class T>
T field_or(const Json& doc, const char* key, T fallback, const std::string& where) {
  if (!doc.is_object() || !doc.contains(key) || doc.at(key).is_null()) return fallback;
  return field<T>(doc, key, where);
}

// Text for {"kind": ..., attributes}: a configured object of a family.
template <class Family>
auto make_from_json(const Json& doc, const Family& registry, const std::string& where) {
  auto kind = field<std::string>(doc, "kind", where);
  Json rest = doc;
  rest.erase("kind");
  return registry.make(kind, attrs_from_json(rest, kind));
}

}  // namespace firesteel
