// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <new>

#include "cli/commands.h"
#include "core/error.h"
#include "jvm/launch/process.h"
#include "nn/plugin.h"

namespace firesteel::cli {
namespace {

int complain(const std::string& sentence, int exit_code) {
  std::fprintf(stderr, "firesteel: %s\n", sentence.c_str());
  return exit_code;
}

std::string one_line(std::string text) {
  for (char& c : text) c = c == '\n' ? ' ' : c;
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

using Plugins = std::vector<std::string>;

// All commands that know layers take plugins.
void add_plugins(CLI::App& app, Plugins& plugins) {
  for (CLI::App* command : app.get_subcommands({})) {
    if (command->get_name() == "version" || command->get_name() == "check-plugin") continue;
    command->add_option("--plugin", plugins, "plugin with layers (.so); may be repeated")
        ->type_name("FILE")
        ->expected(1)
        ->take_all();
  }
}

int perform(const Plugins& plugins, const Action& action) {
  try {
    for (const std::string& plugin : plugins) load_plugin(plugin);
    action();
    return std::fflush(stdout) == 0 ? 0 : complain("cannot write the output", 1);
  } catch (const spark::Interrupted& e) {
    std::signal(e.signal, SIG_DFL);  // end as if the signal had met us
    std::raise(e.signal);
    return 1;
  } catch (const std::bad_alloc&) {
    return complain("out of memory", 1);
  } catch (const std::exception& e) {
    return complain(one_line(e.what()), 1);
  }
}

}  // namespace

int run(int argc, char** argv) {
  CLI::App app("Deep learning as ordinary Apache Spark programs.", "firesteel");
  app.require_subcommand(1);
  app.set_version_flag("--version", "firesteel " FIRESTEEL_VERSION);
  app.get_formatter()->column_width(34);
  Action action;
  for (auto* add : {add_train, add_eval, add_predict, add_inspect, add_list, add_bench,
                    add_simulate, add_doctor, add_check_plugin, add_version}) {
    add(app, action);
  }
  Plugins plugins;
  add_plugins(app, plugins);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == 0) return app.exit(e);  // help, version
    std::string command = "firesteel";
    for (const CLI::App* sub : app.get_subcommands()) command += " " + sub->get_name();
    return complain(cat(one_line(e.what()), "; see ", command, " --help"), 2);
  }
  return perform(plugins, action);
}

}  // namespace firesteel::cli
