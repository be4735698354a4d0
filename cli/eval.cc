// SPDX-License-Identifier: Apache-2.0
// firesteel eval: loss and metrics of a model on a data set.
#include <CLI/CLI.hpp>
#include <memory>

#include "cli/commands.h"
#include "cli/here.h"
#include "cli/inputs.h"
#include "cli/output.h"
#include "cli/renderer.h"
#include "jvm/launch/private_folder.h"
#include "jvm/launch/spark_submit.h"

namespace firesteel::cli {
namespace {

struct Options {
  std::string model, data, loss = "CrossEntropy", json;
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

void evaluate(const Options& options) {
  Output out(options.json);
  Json spec = {{"loss", kind_document(options.loss, "loss")},
               {"metrics", Json::array({{{"kind", "Accuracy"}}})}};
  std::string model = read_model(options.model, 1);
  Dataset rows = load_dataset(options.data, "test");
  model = model_for(model, rows.x_shape, options.model);
  check(options.target);
  Renderer show(out.human());
  Json result = options.target.master.empty()
                    ? evaluate_here(spec, model, rows, options.target.threads)
                    : evaluate_on_spark(options, spec, model, show);
  out.human().finish_line();
  print_evaluation(out.human(), result);
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
  c->add_option("--loss", o->loss, "see firesteel list losses")
      ->type_name("KIND[:NAME=VALUE,...]")
      ->capture_default_str();
  add_target(*c, o->target);
  c->add_option("--json", o->json, "write the result to FILE, or - for stdout");
  c->callback([&action, o] { action = [=] { evaluate(*o); }; });
}

}  // namespace firesteel::cli
