// SPDX-License-Identifier: Apache-2.0
// Plugins: shared libraries that bring layers (plugin/plugin.h), loaded while the program runs. Their
// kinds are then kinds like others, in this process: who reads a model with them has to load the
// plugin before.
#pragma once

#include <string>
#include <vector>

#include "plugin/plugin.h"

namespace firesteel {

struct Plugin {
  std::string name, version;
  std::string path;  // absolute
  std::string sha256;  // of the file
  std::vector<std::string> kinds;
};

// Loads a plugin; one whose bytes were loaded already, from anywhere, is not loaded again. Throws
// SystemError: no such file, or none that this machine can load; FormatError: no plugin, or one
// that this version cannot take.
Plugin load_plugin(const std::string& path);

// In the order in which they were loaded.
std::vector<Plugin> loaded_plugins();

// What load_plugin does with the description that a file gave.
Plugin register_plugin(const firesteel_plugin_info* given, const std::string& path,
                       const std::string& sha256);

}  // namespace firesteel
