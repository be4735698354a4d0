// SPDX-License-Identifier: Apache-2.0
// firesteel list: the kinds, models and data sets that this build knows.
#include <CLI/CLI.hpp>
#include <memory>

#include "cli/commands.h"
#include "cli/output.h"
#include "formats/dataset.h"
#include "nn/model_api.h"
#include "train/recipes.h"

namespace firesteel::cli {
namespace {

std::string attributes(const Json& kind) {
  std::string out;
  for (const Json& attr : kind["attrs"]) {
    out += cat(out.empty() ? "" : ", ", attr["name"].get<std::string>());
    if (attr.contains("default")) out += "=" + attr["default"].dump();
  }
  return out;
}

Json datasets() {
  Json list = Json::array();
  for (const DatasetReader& reader : dataset_readers()) {
    list.push_back({{"name", reader.name}, {"doc", reader.doc}});
  }
  return list;
}

Json all_recipes() {
  Json list = Json::array();
  for (const Recipe& recipe : recipes()) list.push_back(to_json(recipe));
  return list;
}

void list(const std::string& what, bool json) {
  Json all = parse_json(kinds_json(), "kinds");
  Json items = what == "schema"     ? all
               : what == "datasets" ? datasets()
               : what == "recipes"  ? all_recipes()
                                    : all.value(what, Json::array());
  Terminal out(stdout);
  if (json || what == "schema") return out.line(items.dump(2));
  std::vector<std::vector<std::string>> rows;
  for (const Json& item : items) {
    auto doc = item["doc"].get<std::string>();
    if (item.contains("name")) {
      rows.push_back({item["name"].get<std::string>(), doc});
    } else {
      rows.push_back({item["kind"].get<std::string>(), attributes(item), doc});
    }
  }
  for (const std::string& line : columns(rows)) out.line(line);
}

}  // namespace

void add_list(CLI::App& app, Action& action) {
  struct Options {
    std::string what;
    bool json = false;
  };
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("list", "List the kinds, models and data sets there are");
  command->add_option("WHAT", options->what, "what to list")
      ->required()
      ->check(CLI::IsMember({"layers", "losses", "optimizers", "schedules", "triggers", "metrics",
                             "models", "recipes", "datasets", "schema"}));
  command->add_flag("--json", options->json, "as JSON");
  command->callback([&action, options] { action = [=] { list(options->what, options->json); }; });
}

}  // namespace firesteel::cli
