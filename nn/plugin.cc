// SPDX-License-Identifier: Apache-2.0
#include "nn/plugin.h"

#include <dlfcn.h>

#include <algorithm>
#include <filesystem>
#include <mutex>

#include "core/safetensors.h"
#include "core/sha256.h"
#include "nn/plugin_description.h"

namespace firesteel {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSymbol = "firesteel_plugin";

struct Loaded {
  std::mutex mutex;
  std::vector<Plugin> plugins;

  static Loaded& instance() {
    static Loaded loaded;
    return loaded;
  }
};

// What dlopen says, without the path that it begins with, and what to do about it.
std::string reason(const std::string& path) {
  const char* text = dlerror();
  std::string why = text ? text : "no reason given";
  if (why.starts_with(path + ": ")) why.erase(0, path.size() + 2);
  if (why.find("GLIBC") != std::string::npos) {
    why +=
        ". It was compiled on a newer system: compile it on the oldest that is to load it, with "
        "-static-libstdc++ where GLIBCXX is missing";
  } else if (why.find("failed to map segment") != std::string::npos) {
    why += ". Is it on a file system that is mounted noexec?";
  }
  return why;
}

// The description that the library at `path` exports; it stays loaded.
const firesteel_plugin_info* open(const std::string& path) {
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  require<SystemError>(
      library != nullptr, "plugin ", path,
      ": no shared library that can be loaded here: ", library ? "" : reason(path));
  auto describe = reinterpret_cast<decltype(&firesteel_plugin)>(dlsym(library, kSymbol));
  if (!describe) {
    dlclose(library);
    fail<FormatError>(
        "plugin ", path, ": does not export ", kSymbol,
        "(). A plugin's file ends with FIRESTEEL_PLUGIN(...) of firesteel/plugin.hpp");
  }
  return describe();
}

Plugin add(Loaded& loaded, const firesteel_plugin_info* given, const std::string& path,
           const std::string& sha256) {
  Plugin plugin{.path = path, .sha256 = sha256};
  std::vector<PluginKind> kinds = described_kinds(given, path, &plugin.name, &plugin.version);
  // All of them, or none.
  auto known = Registry<Layer>::instance().entries();
  for (const PluginKind& kind : kinds) {
    const std::string& name = kind.info.kind;
    auto owner = std::find_if(loaded.plugins.begin(), loaded.plugins.end(), [&](const Plugin& p) {
      return std::find(p.kinds.begin(), p.kinds.end(), name) != p.kinds.end();
    });
    require<FormatError>(
        owner == loaded.plugins.end(), "plugin ", path, ": its layer ", name,
        " exists already, of another plugin: ", owner == loaded.plugins.end() ? "" : owner->path,
        ". Rename one, or start anew to load a new version");
    require<FormatError>(known.count(name) == 0, "plugin ", path, ": its layer ", name,
                         " exists already in Firesteel. Rename it");
  }
  for (PluginKind& kind : kinds) {
    plugin.kinds.push_back(kind.info.kind);
    auto* kept = new PluginKind(std::move(kind));  // as long as the library: until the process ends
    Registry<Layer>::instance().add(
        {&kept->info, [kept] { return std::unique_ptr<Layer>(new PluginLayer(*kept)); }});
    add_plugin_sample(*kept);
  }
  loaded.plugins.push_back(plugin);
  return plugin;
}

}  // namespace

Plugin register_plugin(const firesteel_plugin_info* given, const std::string& path,
                       const std::string& sha256) {
  Loaded& loaded = Loaded::instance();
  std::lock_guard lock(loaded.mutex);
  return add(loaded, given, path, sha256);
}

Plugin load_plugin(const std::string& given) {
  std::error_code error;
  std::string path = fs::absolute(given, error).lexically_normal();
  require<SystemError>(fs::is_regular_file(path, error), "plugin ", given, ": no such file");
  std::string digest;
  {
    MappedFile file(path);
    digest = hex(sha256(file.bytes()));
  }
  Loaded& loaded = Loaded::instance();
  std::lock_guard lock(loaded.mutex);
  for (const Plugin& plugin : loaded.plugins) {
    if (plugin.sha256 == digest) return plugin;
    // The loader would give the old library for this path.
    require<FormatError>(plugin.path != path, "plugin ", path,
                         ": has changed since it was loaded. Start anew to load the new one");
  }
  return add(loaded, open(path), path, digest);
}

std::vector<Plugin> loaded_plugins() {
  Loaded& loaded = Loaded::instance();
  std::lock_guard lock(loaded.mutex);
  return loaded.plugins;
}

}  // namespace firesteel
