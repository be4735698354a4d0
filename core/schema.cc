// SPDX-License-Identifier: Apache-2.0
#include "core/schema.h"

#include <algorithm>

namespace firesteel {
namespace {

// Levenshtein distance.
size_t distance(const std::string& a, const std::string& b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t replace = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replace});
    }
  }
  return row[b.size()];
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace

std::string with_suggestion(std::string text, const std::string& name,
                            const std::vector<std::string>& candidates) {
  const std::string* best = nullptr;
  size_t least = name.size() / 3 + 2;
  for (const std::string& candidate : candidates) {
    size_t d = distance(lower(name), lower(candidate));
    if (d < least) least = d, best = &candidate;
  }
  return best ? cat(text, ". Did you mean '", *best, "'?") : text;
}

void unknown_attribute(const KindInfo& info, const std::string& name) {
  std::vector<std::string> names;
  for (const AttrInfo& a : info.attrs) names.push_back(a.name);
  throw AttrError(with_suggestion(cat(info.kind, ": no attribute '", name, "'"), name, names));
}

void unknown_kind(const std::string& role, const std::string& kind,
                  const std::vector<std::string>& kinds, const char* elsewhere) {
  std::string text = cat("no ", role, " '", kind, "'");
  if (elsewhere) append(text, cat("; ", elsewhere));
  throw AttrError(with_suggestion(text, kind, kinds));
}

void configure(Described& object, const Attrs& given) {
  for (const auto& [name, value] : given) object.set(name, value);
  for (const AttrInfo& a : object.info().attrs) {
    bool present = std::any_of(given.begin(), given.end(),
                               [&](const auto& item) { return item.first == a.name; });
    require<AttrError>(present || !a.required, object.kind(), ".", a.name,
                       ": required, but not given");
  }
  object.check();
}

}  // namespace firesteel
