// SPDX-License-Identifier: Apache-2.0
#include "core/json.h"

namespace firesteel {
namespace {

AttrValue list_from_json(const Json& value, const std::string& where) {
  bool integers = true;
  for (const Json& v : value) {
    require<AttrError>(v.is_number(), where, ": expected numbers, got ", value.dump());
    integers = integers && v.is_number_integer();
  }
  if (integers) return value.get<Dims>();
  return value.get<Reals>();
}

AttrValue value_from_json(const Json& value, const std::string& where) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_integer()) return value.get<int64_t>();
  if (value.is_number()) return value.get<double>();
  if (value.is_string()) return value.get<std::string>();
  // A document, or a list of them, as text: a layer, a graph, triggers.
  bool documents = value.is_array() && !value.empty() && value[0].is_object();
  if (value.is_object() || documents) return value.dump();
  if (value.is_array()) return list_from_json(value, where);
  fail<AttrError>(where, ": expected a bool, number, string or list, got ", value.dump());
}

}  // namespace

Json parse_json(std::string_view text, const std::string& where) {
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& e) {
    fail<FormatError>(where, ": not valid JSON, at byte ", e.byte);
  }
}

Json to_json(const AttrValue& value) {
  return std::visit([](const auto& v) { return Json(v); }, value);
}

Json to_json(const Attrs& attrs) {
  Json object = Json::object();
  for (const auto& [name, value] : attrs) object[name] = to_json(value);
  return object;
}

Json to_json(const KindInfo& info) {
  Json attrs = Json::array();
  for (const AttrInfo& a : info.attrs) {
    Json item = {{"name", a.name},
                 {"type", a.type},
                 {"doc", a.doc},
                 {"rule", a.rule},
                 {"required", a.required}};
    if (!a.required) item["default"] = to_json(a.fallback);
    attrs.push_back(std::move(item));
  }
  return {{"kind", info.kind}, {"group", info.group}, {"doc", info.doc}, {"attrs", attrs}};
}

Attrs attrs_from_json(const Json& object, const std::string& where) {
  require<AttrError>(object.is_object(), where, ": attributes must be a JSON object, got ",
                     object.dump());
  Attrs attrs;
  for (const auto& [name, value] : object.items()) {
    attrs.emplace_back(name, value_from_json(value, cat(where, ".", name)));
  }
  return attrs;
}

Json described_to_json(const Described& object) {
  Json doc = {{"kind", object.kind()}};
  for (const auto& [name, value] : object.attrs()) doc[name] = to_json(value);
  return doc;
}

namespace {

// "a=1,b=[2,3]" at its top-level commas.
std::vector<std::string> split_attributes(const std::string& text) {
  std::vector<std::string> out(1);
  int depth = 0;
  for (char c : text) {
    depth += (c == '[') - (c == ']');
    c == ',' && depth == 0 ? (void)out.emplace_back() : (void)(out.back() += c);
  }
  return out;
}

}  // namespace

Json kind_document(const std::string& text, const std::string& what) {
  if (text.starts_with('{')) return parse_json(text, what);
  auto colon = text.find(':');
  Json doc = {{"kind", text.substr(0, colon)}};
  if (colon == std::string::npos) return doc;
  for (const std::string& item : split_attributes(text.substr(colon + 1))) {
    auto equals = item.find('=');
    require<AttrError>(equals != std::string::npos && equals > 0, what,
                       ": must be KIND or KIND:name=value,..., got '", text, "'");
    std::string value = item.substr(equals + 1);
    Json parsed = Json::parse(value, nullptr, false);
    doc[item.substr(0, equals)] = parsed.is_discarded() ? Json(value) : parsed;
  }
  return doc;
}

}  // namespace firesteel
