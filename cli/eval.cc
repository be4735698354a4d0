// SPDX-License-Identifier: Apache-2.0
// firesteel eval: loss and metrics of a model on a data set.
#include <CLI/CLI.hpp>
#include <memory>

#include "cli/commands.h"
#include "cli/fit_options.h"
#include "cli/here.h"
#include "cli/inputs.h"
#include "cli/output.h"
#include "cli/renderer.h"
#include "jvm/launch/private_folder.h"
#include "jvm/launch/spark_submit.h"
#include "nn/model_api.h"
#include "nn/models/zoo.h"

namespace firesteel::cli {
namespace {

struct Options {
  std::string model, data, loss, json;
  std::vector<std::string> metrics;
  Target target;
};

Json evaluate_on_spark(const Options& options, const Json& spec, const std::string& model,
                       const spark::OnEvent& on_event) {
  spark::PrivateFolder folder;
  folder.write("model", model);
  Json job = job_for("eval", options.model, options.data, options.target);
  job["fit"] = spec;
  job["model"] = folder.file("model");
  return spark::submit({options.target.master, options.target.conf, job}, on_event);
}

Json spec_of(const Options& options, DType labels) {
  bool named = is_named_model(options.model);
  Json spec = {{"loss", {{"kind", "CrossEntropy"}}}, {"metrics", usual_metrics(labels)}};
  if (named) {
    auto model = named_model_of(options.model);
    spec["loss"] = model->loss();
    if (options.loss.empty()) spec["metrics"] = model->metrics();
  }
  if (!options.loss.empty()) spec["loss"] = kind_document(options.loss, "loss");
  if (!options.metrics.empty()) spec["metrics"] = metric_documents(options.metrics);
  return spec;
}

void evaluate(const Options& options) {
  Output out(options.json);
  std::string model = read_model(options.model, 1);
  Dataset rows = load_dataset(options.data, "test");
  model = model_for(model, rows.x_shape, options.model);
  Json spec = spec_of(options, rows.y_dtype);
  check_spec(spec, model, rows.block(), true);
  check(options.target);
  auto metrics = metric_keys(spec["metrics"]);
  Renderer show(out.human(), metrics);
  Json result = options.target.master.empty()
                    ? evaluate_here(spec, model, rows, options.target.threads)
                    : evaluate_on_spark(options, spec, model, show);
  out.human().finish_line();
  print_evaluation(out.human(), result, metrics);
  result.erase("event");
  result["model"] = options.model;
  result["data"] = options.data;
  out.json(result);
}

}  // namespace

void add_eval(CLI::App& app, Action& action) {
  auto o = std::make_shared<Options>();
  auto* c = app.add_subcommand("eval", "Evaluate a model on the test rows of a data set");
  c->add_option("--model", o->model, "model file")->required();
  c->add_option(
       "--data", o->data,
       "data set: mnist[:DIR], synthetic:SHAPE/CLASSES/ROWS, ...; see firesteel list datasets")
      ->required();
  c->add_option("--loss", o->loss,
                "see firesteel list losses; what the model says, or CrossEntropy")
      ->type_name("KIND[:NAME=VALUE,...]");
  add_metrics(*c, o->metrics);
  add_target(*c, o->target);
  c->add_option("--json", o->json, "write the result to FILE, or - for stdout");
  c->callback([&action, o] { action = [=] { evaluate(*o); }; });
}

}  // namespace firesteel::cli
