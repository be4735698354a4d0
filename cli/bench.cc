// SPDX-License-Identifier: Apache-2.0
// firesteel bench: speed of the engine alone, on one batch of random rows.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>

#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/output.h"
#include "nn/model.h"
#include "nn/model_api.h"
#include "train/bench.h"
#include "train/spec.h"

namespace firesteel::cli {
namespace {

struct Options {
  std::string dtype = "f32", thread_mode = "auto", recompute = "cheap";
  BenchRequest request;
  std::string json;
};

// Nodes and kinds of layers, those that take longest first.
std::vector<std::vector<std::string>> profile_table(const Json& nodes) {
  std::map<std::string, Json> kinds;
  for (const Json& node : nodes) {
    Json& kind = kinds[node["kind"]];
    if (kind.is_null()) kind = {{"node", "all"}, {"kind", node["kind"]}};
    for (const char* key : {"forward_ms", "backward_ms", "moving_ms", "share"}) {
      kind[key] = kind.value(key, 0.0) + node[key].get<double>();
    }
  }
  std::vector<Json> sorted, summary;
  for (const Json& node : nodes) sorted.push_back(node);
  for (const auto& [name, kind] : kinds) summary.push_back(kind);
  auto longer = [](const Json& a, const Json& b) {
    return a["share"].get<double>() > b["share"].get<double>();
  };
  std::stable_sort(sorted.begin(), sorted.end(), longer);
  std::stable_sort(summary.begin(), summary.end(), longer);
  summary.insert(summary.end(), sorted.begin(), sorted.end());
  std::vector<std::vector<std::string>> rows = {
      {"node", "kind", "forward ms", "backward ms", "moving ms", "share", "GFLOP/s"}};
  for (const Json& row : summary) {
    double gflops = row.value("gflops", 0.0);
    rows.push_back(
        {row["node"], row["kind"], number(row["forward_ms"].get<double>()),
         number(row["backward_ms"].get<double>()), number(row["moving_ms"].get<double>()),
         number(100 * row["share"].get<double>()) + " %", gflops > 0 ? number(gflops) : ""});
  }
  return rows;
}

void run_bench(const Options& options) {
  Output out(options.json);
  BenchRequest request = options.request;
  request.dtype = dtype_from(options.dtype);
  request.thread_mode = thread_mode_from(options.thread_mode);
  request.recompute = recompute_from(options.recompute);
  // The layers of a training step.
  bool layers = request.mode == "layers";
  if (layers) {
    request.mode = "train";
    request.profile = true;
  }
  request.model = read_model(options.request.model, 1);
  if (is_named_model(options.request.model)) request.named = options.request.model;
  require<ShapeError>(!load_model(request.model, options.request.model).input_shape().empty(),
                      options.request.model, ": the shape of its input is not known");
  Json result = parse_json(bench(request), "bench");
  result["model"] = options.request.model;
  std::vector<std::vector<std::string>> rows;
  for (const auto& [key, value] : result.items()) {
    if (key == "profile") continue;
    rows.push_back({key, value.is_string()         ? value.get<std::string>()
                         : value.is_number_float() ? number(value.get<double>())
                                                   : value.dump()});
  }
  if (!layers) {
    for (const std::string& line : columns(rows)) out.human().line(line);
  }
  if (result.contains("profile")) {
    if (!layers) out.human().line("");
    for (const std::string& line : columns(profile_table(result["profile"]))) {
      out.human().line(line);
    }
  }
  out.json(result);
}

}  // namespace

void add_bench(CLI::App& app, Action& action) {
  auto o = std::make_shared<Options>();
  auto* c = app.add_subcommand("bench", "Measure the engine's speed");
  c->add_option("MODE", o->request.mode, "train, infer, or layers: each layer of a training step")
      ->required()
      ->check(CLI::IsMember({"train", "infer", "layers"}));
  c->add_option("--model", o->request.model, "name or model file")->required();
  c->add_option("--batch", o->request.batch, "rows of one step")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  c->add_option("--threads", o->request.threads, "threads")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  c->add_option("--mode", o->thread_mode, "how threads share the work of a training step")
      ->check(CLI::IsMember({"auto", "replicas", "split"}))
      ->capture_default_str();
  c->add_option("--recompute", o->recompute,
                "in backward, to save memory: none, what is cheap, or segments of the model")
      ->check(CLI::IsMember({"none", "cheap", "segments"}))
      ->capture_default_str();
  c->add_option("--dtype", o->dtype, "type to compute in: f32 or bf16")
      ->check(CLI::IsMember({"f32", "bf16"}))
      ->capture_default_str();
  c->add_option("--seconds", o->request.seconds, "how long to measure")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  c->add_flag("--profile", o->request.profile, "also time every layer");
  c->add_option("--json", o->json, "write the result to FILE, or - for stdout");
  c->callback([&action, o] { action = [=] { run_bench(*o); }; });
}

}  // namespace firesteel::cli
