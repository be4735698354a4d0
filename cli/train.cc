// SPDX-License-Identifier: Apache-2.0
// firesteel train: fits a model to a data set, on Spark or in this process.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>

#include "cli/commands.h"
#include "cli/fit_options.h"
#include "cli/here.h"
#include "cli/inputs.h"
#include "cli/model_table.h"
#include "cli/output.h"
#include "cli/renderer.h"
#include "formats/dataset.h"
#include "jvm/launch/fit.h"
#include "nn/model_api.h"
#include "train/fit_report.h"
#include "train/recipes.h"
#include "train/worker.h"

namespace firesteel::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string model, data, group = "auto", sync = "p2p", checkpoint, summary, report, out, json;
  int64_t epochs = 0, iterations = 0;
  int shards = 0;
  bool resume = false;
  Target target;
  FitOptions fit;
};

// "" for a URL of another file system, which only Spark can look at.
std::string local_path(const std::string& url) {
  if (url.starts_with("file:")) return url.substr(url.starts_with("file://") ? 7 : 5);
  return url.find("://") == std::string::npos ? url : "";
}

void check_checkpoint(const Options& options) {
  std::string folder = local_path(options.checkpoint);
  if (options.checkpoint.empty() || folder.empty()) return;
  std::error_code error;
  if (options.resume) {
    require<SystemError>(fs::is_directory(folder, error) && !fs::is_empty(folder, error),
                         "resume: no checkpoint in ", folder,
                         ". Train without --resume first, or correct --checkpoint");
  }
  fs::create_directories(folder, error);
  require<SystemError>(!error, "checkpoint: cannot make ", folder, ", ", error.message());
  require_writable("checkpoint", folder + "/new");
}

Json job_of(const Options& options, const Json& spec) {
  Json job = job_for("train", options.model, options.data, options.target);
  const char* length = spec.value("iterations", 0) > 0 ? "iterations" : "epochs";
  job[length] = spec[length];
  job["fit"] = spec;
  job["sync"] = options.sync;
  if (options.group != "auto") job["group"] = std::stoll(options.group);
  job["shards"] = options.shards > 0 ? options.shards : worker::default_shards(spec.dump());
  if (!options.checkpoint.empty()) job["checkpoint"] = options.checkpoint;
  job["resume"] = options.resume;
  if (!options.summary.empty()) job["summary"] = options.summary;
  return job;
}

// What can no longer be written does not end the fit.
void tell(std::optional<ReportFile>& report, const Json& event, Renderer& show) {
  try {
    report->event(event);
  } catch (const SystemError& e) {
    report.reset();
    show(Json{{"event", "note"},
              {"text", cat("report: ", e.what(), "; the fit goes on without it")}});
  }
}

void train(Options options) {
  Output out(options.json);
  if (options.model.empty()) {
    require<AttrError>(!options.fit.recipe.empty(), "--model: is missing, and no --recipe has one");
    options.model = recipe_of(options.fit.recipe).model;
  }
  // A named model makes up rows that fit it.
  if (options.data == "synthetic" && is_named_model(options.model)) {
    options.data = "examples:" + options.model;
  }
  if (!options.out.empty()) require_writable("out", options.out);
  if (!options.report.empty()) require_writable("report", options.report);
  check_checkpoint(options);
  auto named = is_named_model(options.model) ? named_model_of(options.model) : nullptr;
  Json spec = options.fit.spec(named.get(), options.data.starts_with("examples:"));
  if (options.iterations > 0 || options.epochs > 0) {
    spec["iterations"] = options.iterations;
    spec["epochs"] = options.epochs;
  } else if (!spec.contains("iterations") && !spec.contains("epochs")) {
    spec["epochs"] = 1;
  }
  std::string model = read_model(options.model, options.fit.seed);
  Dataset rows = load_dataset(options.data, "train");
  Dataset tests = load_dataset(options.data, "test");
  model = model_for(model, rows.x_shape, options.model);
  if (!spec.contains("metrics")) spec["metrics"] = usual_metrics(rows.y_dtype);
  check_spec(spec, model, rows.block(), tests.rows > 0);
  check(options.target);

  print_summary(out.human(), parse_json(describe_model(model), options.model));
  out.human().line("");
  auto metrics = metric_keys(spec["metrics"]);
  Renderer show(out.human(), metrics);
  std::optional<ReportFile> report;
  if (!options.report.empty()) report.emplace(options.report);
  bool ended = false;
  auto on_event = [&](const Json& event) {
    ended = ended || event.value("event", "") == "end";
    show(event);
    if (report) tell(report, event, show);
  };
  Json job = job_of(options, spec);
  const Target& target = options.target;
  spark::FittedModel fitted;
  if (target.master.empty()) {
    fitted = fit_here(job, model, std::move(rows), std::move(tests), target.threads, on_event);
  } else {
    rows = tests = {};  // the driver reads its own; this process needs the memory no more
    fitted = spark::fit(model, {target.master, target.conf, job}, on_event);
  }
  out.human().finish_line();
  if (report && !ended) tell(report, fitted.report, show);
  if (!options.out.empty()) fitted.save(options.out);
  print_training(out.human(), fitted.report, metrics);
  out.human().line(options.out.empty() ? "not saved; --out FILE saves the fitted model"
                                       : "saved to " + options.out);
  if (report) out.human().line("report: " + options.report);
  Json result = fitted.report;
  result.erase("event");
  result["model"] = options.model;
  result["data"] = options.data;
  result["batch"] = spec["batch_size"];
  if (!options.out.empty()) result["out"] = options.out;
  out.json(result);
}

std::string group_rule(const std::string& text) {
  bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  bool good = text == "auto" || (digits && text.size() < 10 && std::stoll(text) > 0);
  return good ? "" : "--group: must be auto or a number > 0, got '" + text + "'";
}

// H of "local:H", 0 for the other ways; throws where it is none.
int64_t local_steps(const std::string& sync) {
  if (sync == "p2p" || sync == "blockmanager" || sync == "driver") return 0;
  std::string h = sync.starts_with("local:") ? sync.substr(6) : "";
  bool digits = !h.empty() && h.find_first_not_of("0123456789") == std::string::npos;
  int64_t steps = digits && h.size() < 10 ? std::stoll(h) : 0;
  require<AttrError>(steps > 0,
                     "--sync: must be p2p, blockmanager, driver or local:H (H from 1), got '", sync,
                     "'");
  return steps;
}

std::string sync_rule(const std::string& text) {
  try {
    local_steps(text);
    return "";
  } catch (const AttrError& e) {
    return e.what();
  }
}

}  // namespace

void add_train(CLI::App& app, Action& action) {
  auto o = std::make_shared<Options>();
  auto* c = app.add_subcommand("train", "Train a model on a data set");
  c->add_option("--model", o->model,
                "name, model file, or file with a graph in JSON; a recipe has one");
  c->add_option(
       "--data", o->data,
       "data set: mnist[:DIR], synthetic:SHAPE/CLASSES/ROWS, ...; see firesteel list datasets")
      ->required();
  add_target(*c, o->target);
  auto* epochs = c->add_option("--epochs", o->epochs, "passes over the data (1 unless given)");
  epochs->check(CLI::PositiveNumber);
  c->add_option("--iterations", o->iterations, "iterations, instead of epochs")
      ->check(CLI::PositiveNumber)
      ->excludes(epochs);
  c->add_option("--group", o->group, "iterations of one Spark job")
      ->check(group_rule)
      ->type_name("K|auto")
      ->capture_default_str();
  c->add_option(
       "--sync", o->sync,
       "how gradients and parameters get from worker to worker on Spark: connections of "
       "their own, Spark's block manager, or the driver; the weights are the same. local:H: "
       "workers step on their own and meet every H iterations")
      ->check(sync_rule)
      ->type_name("p2p|blockmanager|driver|local:H")
      ->capture_default_str();
  o->fit.add_to(*c);
  c->add_option("--shards", o->shards, "parts the data are cut into; 0: chosen")
      ->check(CLI::NonNegativeNumber);
  auto* checkpoint = c->add_option("--checkpoint", o->checkpoint,
                                   "folder for checkpoints; on Spark any Hadoop path");
  c->add_flag("--resume", o->resume, "go on from the newest checkpoint")->needs(checkpoint);
  c->add_option(
      "--summary", o->summary,
      "folder that TensorBoard shows: loss, learning rate, throughput, results on test data, "
      "histograms of parameters; on Spark any Hadoop path");
  c->add_option("--report", o->report,
                "FILE.html: a page with curves of the fit, readable without anything else");
  c->add_option("--out", o->out, "where to save the fitted model");
  c->add_option("--json", o->json, "write the result to FILE, or - for stdout");
  c->callback([&action, o] {
    o->fit.local_steps = local_steps(o->sync);
    action = [=] { train(*o); };
  });
}

}  // namespace firesteel::cli
