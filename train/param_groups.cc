// SPDX-License-Identifier: Apache-2.0
#include "train/param_groups.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace firesteel {
namespace {

void check_keys(const Json& doc, const std::string& where) {
  static const std::vector<std::string> kKeys = {"match", "lr",     "weight_decay", "l1",
                                                 "l2",    "freeze", "optimizer"};
  require<AttrError>(doc.is_object(), where, ": must be a JSON object");
  for (const auto& [key, value] : doc.items()) {
    if (std::ranges::find(kKeys, key) == kKeys.end()) {
      throw AttrError(with_suggestion(cat(where, ": no attribute '", key, "'"), key, kKeys));
    }
  }
}

ParamGroup group_from_json(const Json& doc, const std::string& where) {
  check_keys(doc, where);
  auto number = [&](const char* key, double fallback) {
    auto value = field_or<double>(doc, key, fallback, where);
    require<AttrError>(std::isfinite(value) && value >= 0, where, ".", key, ": must be >= 0, got ",
                       value);
    return value;
  };
  ParamGroup group;
  group.match = field<std::string>(doc, "match", where);
  group.lr = number("lr", 1);
  if (doc.contains("weight_decay") && !doc["weight_decay"].is_null()) {
    group.weight_decay = number("weight_decay", 0);
  }
  group.l1 = number("l1", 0);
  group.l2 = number("l2", 0);
  group.freeze = field_or<bool>(doc, "freeze", false, where);
  Json optimizer = field_or<Json>(doc, "optimizer", nullptr, where);
  if (!optimizer.is_null()) {
    group.optimizer =
        make_from_json(optimizer, Registry<Optimizer>::instance(), where + ".optimizer");
  }
  return group;
}

// What a user may have meant by a pattern that matches nothing.
std::string nearest(const std::string& text, const std::string& pattern, const ParamTable& table) {
  std::vector<std::string> names;
  std::set<std::string> patterns;
  for (const Param& p : table.params()) {
    if (p.spec.state) continue;
    names.push_back(p.name);
    size_t dot = p.name.rfind('.');
    patterns.insert("*" + p.name.substr(dot));
    patterns.insert(p.name.substr(0, dot) + ".*");
  }
  std::vector<std::string> candidates = names;
  candidates.insert(candidates.end(), patterns.begin(), patterns.end());
  std::string with = with_suggestion(text, pattern, candidates);
  if (with != text) return with;
  constexpr size_t kShown = 5;
  std::string list;
  for (size_t i = 0; i < std::min(kShown, names.size()); ++i)
    list += cat(i > 0 ? ", " : "", names[i]);
  return cat(text, ". There are ", list, names.size() > kShown ? ", ..." : "");
}

}  // namespace

std::vector<ParamGroup> groups_from_json(const Json& list) {
  require<AttrError>(list.is_array(), "param_groups: must be a list");
  std::vector<ParamGroup> groups;
  for (const Json& doc : list)
    groups.push_back(group_from_json(doc, cat("param_groups[", groups.size(), "]")));
  return groups;
}

Json groups_to_json(std::span<const ParamGroup> groups) {
  Json list = Json::array();
  for (const ParamGroup& group : groups) {
    Json doc = {{"match", group.match}, {"lr", group.lr}, {"weight_decay", nullptr},
                {"l1", group.l1},       {"l2", group.l2}, {"freeze", group.freeze}};
    if (group.weight_decay) doc["weight_decay"] = *group.weight_decay;
    if (group.optimizer) doc["optimizer"] = described_to_json(*group.optimizer);
    list.push_back(std::move(doc));
  }
  return list;
}

bool matches(std::string_view pattern, std::string_view name) {
  size_t p = 0, n = 0, star = std::string_view::npos, after = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      after = n;  // the star stands for nothing at first
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == name[n])) {
      ++p, ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++after;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::vector<ParamRule> rules_of(const ParamTable& table, const Optimizer& usual,
                                std::span<const ParamGroup> groups) {
  std::vector<bool> matched(groups.size(), false), used(groups.size(), false);
  std::vector<ParamRule> rules;
  for (const Param& p : table.params()) {
    ParamRule& rule = rules.emplace_back();
    if (p.spec.state) continue;
    const ParamGroup* own = nullptr;
    for (size_t g = 0; g < groups.size(); ++g) {
      if (!matches(groups[g].match, p.name)) continue;
      matched[g] = true;
      if (own) continue;
      own = &groups[g];
      used[g] = true;
    }
    if (own && own->freeze) continue;
    const Optimizer& optimizer = own && own->optimizer ? *own->optimizer : usual;
    rule = {&optimizer, optimizer.base_lr(), 0, 0, 0, p.spec.decay};
    if (p.spec.decay) rule.weight_decay = static_cast<float>(optimizer.base_decay());
    if (!own) continue;
    rule.lr *= own->lr;
    if (own->weight_decay) rule.weight_decay = static_cast<float>(*own->weight_decay);
    rule.l1 = static_cast<float>(own->l1);
    rule.l2 = static_cast<float>(own->l2);
  }
  for (size_t g = 0; g < groups.size(); ++g) {
    std::string where = cat("param_groups[", g, "].match: '", groups[g].match, "'");
    if (!matched[g])
      throw AttrError(nearest(where + " matches no parameter", groups[g].match, table));
    require<AttrError>(used[g], where, " matches only parameters that are in groups before it");
  }
  return rules;
}

}  // namespace firesteel
