// SPDX-License-Identifier: Apache-2.0
// One function per command, each in a file of its own: declares options, and sets `action` to what
// is to be done when the command line names it.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace firesteel::cli {

using Action = std::function<void()>;

void add_train(CLI::App& app, Action& action);
void add_eval(CLI::App& app, Action& action);
void add_predict(CLI::App& app, Action& action);
void add_inspect(CLI::App& app, Action& action);
void add_list(CLI::App& app, Action& action);
void add_bench(CLI::App& app, Action& action);
void add_simulate(CLI::App& app, Action& action);
void add_doctor(CLI::App& app, Action& action);
void add_check_plugin(CLI::App& app, Action& action);
void add_version(CLI::App& app, Action& action);

// The whole program; returns its exit code: 0, 1 for an error, 2 for a wrong command line.
int run(int argc, char** argv);

}  // namespace firesteel::cli
