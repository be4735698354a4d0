// SPDX-License-Identifier: Apache-2.0
#include "nn/plugin_description.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <mutex>
#include <set>

namespace firesteel {
namespace {

// Letters, digits and _, beginning with a letter: a name in C++, Python, Java and JSON.
bool is_name(const char* text, bool capital) {
  if (!text || !std::isalpha(static_cast<unsigned char>(*text))) return false;
  if (capital != (std::isupper(static_cast<unsigned char>(*text)) != 0)) return false;
  return std::all_of(text, text + std::strlen(text), [&](unsigned char c) {
    return std::isdigit(c) || c == '_' || (capital ? std::isalpha(c) : std::islower(c));
  });
}

std::string text_of(const char* text) { return text ? text : ""; }

AttrInfo described_attr(const firesteel_attr& a, const std::string& where) {
  // "kind" and "name" have a meaning of their own beside attributes.
  std::string name = text_of(a.name);
  bool good = is_name(a.name, false) && name != "kind" && name != "name";
  require<FormatError>(good, where,
                       ": an attribute must have a name in snake_case other than kind ",
                       "and name, got '", name, "'");
  require<FormatError>(a.rule >= FIRESTEEL_ANY && a.rule <= FIRESTEEL_NONEMPTY, where, ".", name,
                       ": its rule must be one of the border's, got ", a.rule);
  AttrInfo info{
      .name = name, .doc = text_of(a.doc), .rule = rule_text(a.rule), .required = a.required != 0};
  try {
    info.fallback = attr_of(a.fallback);
  } catch (const Error&) {
    rethrow_at(cat(where, ".", name));
  }
  info.type = std::string(type_name(info.fallback));
  if (!info.required) {
    try {
      info.fallback = checked_value(info, a.rule, info.fallback, cat(where, ".", name));
    } catch (const AttrError& e) {
      fail<FormatError>(e.what(), " as the default");
    }
  }
  return info;
}

Sample described_sample(const firesteel_sample& s, const PluginKind& kind) {
  Sample sample;
  for (size_t i = 0; s.values && i < kind.info.attrs.size(); ++i) {
    sample.attrs.emplace_back(kind.info.attrs[i].name, attr_of(s.values[i]));
  }
  for (int32_t i = 0; i < s.inputs; ++i) {
    sample.in.push_back(shape_of(s.in[i]));
    require<FormatError>(!sample.in.back().empty() && numel(sample.in.back()) > 0,
                         "inputs must have a batch and numbers, got ", sample.in.back());
  }
  auto inputs = static_cast<int32_t>(sample.in.size());
  require<FormatError>(inputs >= kind.layer.least_inputs && inputs <= kind.layer.most_inputs,
                       "must have ", kind.layer.least_inputs, " to ", kind.layer.most_inputs,
                       " inputs, got ", inputs);
  if (s.kinks) sample.kinks.assign(s.kinks, s.kinks + s.kink_count);
  sample.ids_below = s.ids_below;
  return sample;
}

PluginKind described_kind(const firesteel_layer* given, const std::string& plugin,
                          const std::string& at) {
  PluginKind kind;
  kind.plugin = plugin;
  kind.layer = known_part(given);
  const firesteel_layer& l = kind.layer;
  require<FormatError>(is_name(l.kind, true), at, ": a layer must have a name like LearnedSwish, ",
                       "got '", text_of(l.kind), "'");
  std::string where = cat(at, ": ", l.kind);
  require<FormatError>(l.create && l.destroy && l.infer && l.forward, where,
                       ": must have create, destroy, infer and forward");
  require<FormatError>(l.least_inputs >= 1 && l.least_inputs <= l.most_inputs &&
                           l.most_inputs <= FIRESTEEL_MOST_INPUTS,
                       where, ": must take 1 to ", FIRESTEEL_MOST_INPUTS, " inputs, got ",
                       l.least_inputs, " to ", l.most_inputs);
  require<FormatError>(l.attr_count >= 0 && (l.attr_count == 0 || l.attrs), where,
                       ": has no list of its attributes");
  kind.info = {.kind = l.kind, .group = "plugin", .doc = text_of(l.doc), .attrs = {}};
  std::set<std::string> names;
  for (int32_t i = 0; i < l.attr_count; ++i) {
    kind.info.attrs.push_back(described_attr(known_part(l.attrs[i]), where));
    const std::string& name = kind.info.attrs.back().name;
    require<FormatError>(names.insert(name).second, where, ": has the attribute ", name, " twice");
  }
  kind.has_sample = l.sample != nullptr;
  if (kind.has_sample) {
    try {
      kind.sample = described_sample(known_part(l.sample), kind);
    } catch (const Error&) {
      rethrow_at(cat(where, ": its sample"));
    }
  }
  return kind;
}

struct Samples {
  std::mutex mutex;
  std::map<std::string, const PluginKind*> kinds;

  static Samples& instance() {
    static Samples samples;
    return samples;
  }
};

}  // namespace

std::vector<PluginKind> described_kinds(const firesteel_plugin_info* given, const std::string& path,
                                        std::string* name, std::string* version) {
  std::string where = cat("plugin ", path);
  require<FormatError>(given != nullptr, where, ": could not describe itself");
  // The first two members are the same in all versions.
  require<FormatError>(given->abi == FIRESTEEL_PLUGIN_ABI, where, ": made for version ", given->abi,
                       " of the border to plugins, this Firesteel has version ",
                       FIRESTEEL_PLUGIN_ABI, ". Compile it again with this Firesteel's headers");
  firesteel_plugin_info info = known_part(given);
  require<FormatError>(info.name && *info.name && info.version && *info.version, where,
                       ": must have a name and a version");
  require<FormatError>(info.layers && info.layer_count > 0, where, ": has no layers");
  *name = info.name;
  *version = info.version;
  std::vector<PluginKind> kinds;
  std::set<std::string> names;
  for (int32_t i = 0; i < info.layer_count; ++i) {
    kinds.push_back(described_kind(info.layers[i], *name, where));
    const std::string& kind = kinds.back().info.kind;
    require<FormatError>(names.insert(kind).second, where, ": has the layer ", kind, " twice");
  }
  return kinds;
}

void add_plugin_sample(const PluginKind& kind) {
  if (!kind.has_sample) return;
  Samples& samples = Samples::instance();
  std::lock_guard lock(samples.mutex);
  samples.kinds[kind.info.kind] = &kind;
}

const Sample* plugin_sample(const std::string& kind) {
  Samples& samples = Samples::instance();
  std::lock_guard lock(samples.mutex);
  auto found = samples.kinds.find(kind);
  return found == samples.kinds.end() ? nullptr : &found->second->sample;
}

}  // namespace firesteel
