// SPDX-License-Identifier: Apache-2.0
// firesteel inspect: a model's graph, shapes and parameter counts; or this machine's CPU.
#include <CLI/CLI.hpp>
#include <memory>

#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/model_table.h"
#include "cli/output.h"
#include "nn/model_api.h"
#include "train/worker.h"

namespace firesteel::cli {
namespace {

constexpr uint64_t kSeed = 1;  // of the first values of a named model; they are not shown

struct Options {
  std::string model;
  bool cpu = false;
  std::string json;
};

void print_model(Terminal& out, const Json& model) {
  print_nodes(out, model);
  if (model["state"] != 0) out.line(cat("state, not trained: ", model["state"].dump()));
  out.line(cat("bytes: ", model["bytes"].dump()));
  out.line(cat("weights sha256: ", model["weights_sha256"].get<std::string>()));
  for (const auto& [key, value] : model["metadata"].items()) {
    out.line(cat(key, ": ", value.is_string() ? value.get<std::string>() : value.dump()));
  }
}

void inspect(const Options& options) {
  Output out(options.json);
  if (options.cpu) {
    Json cpu = parse_json(worker::hello(), "worker");
    for (const auto& [key, value] : cpu.items()) {
      out.human().line(cat(key, ": ", value.is_string() ? value.get<std::string>() : value.dump()));
    }
    return out.json(cpu);
  }
  Json model = parse_json(describe_model(read_model(options.model, kSeed)), options.model);
  print_model(out.human(), model);
  out.json(model);
}

}  // namespace

void add_inspect(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("inspect", "Show a model, or what this CPU computes with");
  auto* model = command->add_option("FILE", options->model, "model file, graph in JSON, or name");
  command->add_flag("--cpu", options->cpu, "show the CPU and the instruction set in use")
      ->excludes(model);
  command->add_option("--json", options->json, "write the result to FILE, or - for stdout");
  command->callback([&action, options] {
    if (!options->cpu && options->model.empty()) throw CLI::RequiredError("FILE or --cpu");
    action = [=] { inspect(*options); };
  });
}

}  // namespace firesteel::cli
