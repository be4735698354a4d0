// SPDX-License-Identifier: Apache-2.0
// firesteel bench: speed of the engine alone, on one batch of random rows.
#include <CLI/CLI.hpp>
#include <memory>

#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/output.h"
#include "nn/model.h"
#include "train/bench.h"

namespace firesteel::cli {
namespace {

struct Options {
  BenchRequest request;
  std::string json;
};

void run_bench(const Options& options) {
  Output out(options.json);
  BenchRequest request = options.request;
  request.model = read_model(options.request.model, 1);
  require<ShapeError>(!load_model(request.model, options.request.model).input_shape().empty(),
                      options.request.model, ": the shape of its input is not known");
  Json result = parse_json(bench(request), "bench");
  result["model"] = options.request.model;
  std::vector<std::vector<std::string>> rows;
  for (const auto& [key, value] : result.items()) {
    rows.push_back({key, value.is_string()         ? value.get<std::string>()
                         : value.is_number_float() ? number(value.get<double>())
                                                   : value.dump()});
  }
  for (const std::string& line : columns(rows)) out.human().line(line);
  out.json(result);
}

}  // namespace

void add_bench(CLI::App& app, Action& action) {
  auto o = std::make_shared<Options>();
  auto* c = app.add_subcommand("bench", "Measure the engine's speed");
  c->add_option("MODE", o->request.mode, "train or infer")
      ->required()
      ->check(CLI::IsMember({"train", "infer"}));
  c->add_option("--model", o->request.model, "name or model file")->required();
  c->add_option("--batch", o->request.batch, "rows of one step")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  c->add_option("--threads", o->request.threads, "threads")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  c->add_option("--dtype", o->request.dtype, "type to compute in")->capture_default_str();
  c->add_option("--seconds", o->request.seconds, "how long to measure")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  c->add_option("--json", o->json, "write the result to FILE, or - for stdout");
  c->callback([&action, o] { action = [=] { run_bench(*o); }; });
}

}  // namespace firesteel::cli
