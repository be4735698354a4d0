// SPDX-License-Identifier: Apache-2.0
// firesteel version
#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/terminal.h"

namespace firesteel::cli {

void add_version(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand("version", "Show the version");
  command->callback(
      [&action] { action = [] { Terminal(stdout).line("firesteel " FIRESTEEL_VERSION); }; });
}

}  // namespace firesteel::cli
