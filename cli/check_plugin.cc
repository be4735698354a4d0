// SPDX-License-Identifier: Apache-2.0
// firesteel check-plugin: whether the layers of a plugin compute what they have to.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "cli/commands.h"
#include "cli/output.h"
#include "nn/plugin_check.h"

namespace firesteel::cli {
namespace {

std::string brief(double error) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1e", error);
  return text;
}

std::string verdict(const LayerCheck& check) {
  if (!check.problem.empty()) return check.problem;
  return cat("good: ",
             check.trains ? "gradient within " + brief(check.gradient_error)
                          : std::string("no gradient, for inference"),
             ", f32 within ", brief(check.f32_error), ", the same on 1, 2, 3 and 5 threads");
}

void check_plugin_file(const std::string& file, const std::string& json) {
  Output out(json);
  Plugin plugin = load_plugin(file);
  std::vector<std::vector<std::string>> rows;
  Json layers = Json::array();
  std::string bad;
  for (const LayerCheck& check : check_plugin(plugin)) {
    rows.push_back({check.kind, verdict(check)});
    layers.push_back({{"kind", check.kind},
                      {"gradient_error", check.gradient_error},
                      {"f32_error", check.f32_error},
                      {"problem", check.problem}});
    if (!check.problem.empty()) bad += (bad.empty() ? "" : ", ") + check.kind;
  }
  out.human().line(out.human().bold(cat(plugin.name, " ", plugin.version)));
  for (const std::string& line : columns(rows)) out.human().line(line);
  out.json({{"name", plugin.name}, {"version", plugin.version}, {"layers", layers}});
  require<FormatError>(bad.empty(), "plugin ", file, ": ", bad, " failed the check");
}

}  // namespace

void add_check_plugin(CLI::App& app, Action& action) {
  struct Options {
    std::string file, json;
  };
  auto o = std::make_shared<Options>();
  auto* c = app.add_subcommand("check-plugin", "Check the layers of a plugin: gradients, threads");
  c->add_option("FILE", o->file, "the plugin (.so); see docs/plugins.md")->required();
  c->add_option("--json", o->json, "write the result to FILE, or - for stdout");
  c->callback([&action, o] { action = [=] { check_plugin_file(o->file, o->json); }; });
}

}  // namespace firesteel::cli
