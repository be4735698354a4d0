// SPDX-License-Identifier: Apache-2.0
// firesteel doctor: what this machine and a cluster have for a fit, and what would keep it from one.
#include <CLI/CLI.hpp>
#include <memory>

#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/output.h"
#include "core/error.h"
#include "jvm/launch/installation.h"
#include "jvm/launch/spark_submit.h"
#include "train/worker.h"

namespace firesteel::cli {
namespace {

struct Options {
  std::string json;
  Target target;
};

class Checks {
 public:
  explicit Checks(Terminal& out) : out_(out) {}

  // An event of jvm/launch/spark_submit.h.
  void add(const Json& check) {
    auto text = [&](const char* key) { return field<std::string>(check, key, "check"); };
    std::string state = text("state"), name = text("check"), remedy = text("do");
    name.resize(std::max<size_t>(name.size(), 11), ' ');
    std::string line = cat(state, "  ", name, " ", text("found"));
    if (!remedy.empty()) line += "; " + remedy;
    out_.line(state == "bad" ? out_.bold(line) : line);
    if (state == "bad") ++failed_;
    Json kept = check;
    kept.erase("event");
    all_.push_back(kept);
  }
  void add(const char* state, const char* name, const std::string& found,
           const std::string& remedy) {
    add(Json{{"check", name}, {"state", state}, {"found", found}, {"do", remedy}});
  }
  int failed() const { return failed_; }
  const Json& all() const { return all_; }

 private:
  Terminal& out_;
  int failed_ = 0;
  Json all_ = Json::array();
};

void look_here(Checks& checks) {
  Json here = parse_json(worker::hello(), "hello");
  checks.add("good", "machine",
             cat(here["cpu"].get<std::string>(), ", ", here["cores"].get<int>(), " cores, ",
                 here["isa"].get<std::string>()),
             "");
  try {
    spark::Installation found = spark::find_installation();
    checks.add("good", "installed", cat("Spark in ", found.spark_home, ", Java ", found.java), "");
  } catch (const SystemError& e) {
    checks.add("bad", "installed", e.what(), "");
  }
}

void examine(const Options& options) {
  Output out(options.json);
  Checks checks(out.human());
  look_here(checks);
  const Target& target = options.target;
  if (!target.master.empty() && checks.failed() == 0) {
    check(target);
    Json job = {{"command", "doctor"}, {"app_name", "firesteel doctor"}};
    spark::submit({target.master, target.conf, job}, [&](const Json& event) {
      if (event.value("event", "") == "check") checks.add(event);
    });
  }
  out.json({{"checks", checks.all()}, {"failed", checks.failed()}});
  require<SystemError>(checks.failed() == 0, "doctor: ", checks.failed(),
                       checks.failed() == 1 ? " check has" : " checks have", " failed");
  out.human().line(target.master.empty() ? "ready for fits here; --master looks at a cluster"
                                         : "ready for fits on " + target.master);
}

}  // namespace

void add_doctor(CLI::App& app, Action& action) {
  auto o = std::make_shared<Options>();
  auto* c = app.add_subcommand("doctor", "Check what a cluster has for a fit");
  add_target(*c, o->target);
  c->add_option("--json", o->json, "write the result to FILE, or - for stdout");
  c->callback([&action, o] { action = [=] { examine(*o); }; });
}

}  // namespace firesteel::cli
