// SPDX-License-Identifier: Apache-2.0
// firesteel predict: what a model says about each row of a data set, as CSV.
#include <CLI/CLI.hpp>
#include <fstream>
#include <iterator>
#include <memory>

#include "cli/commands.h"
#include "cli/here.h"
#include "cli/inputs.h"
#include "cli/output.h"
#include "cli/renderer.h"
#include "core/safetensors.h"
#include "jvm/launch/private_folder.h"
#include "jvm/launch/spark_submit.h"

namespace firesteel::cli {
namespace {

struct Options {
  std::string model, data, out = "-", json;
  Target target;
};

// The driver writes one prediction a line, in the order of the rows.
std::vector<float> predict_on_spark(const Options& options, const std::string& model,
                                    const spark::OnEvent& on_event) {
  spark::PrivateFolder folder;
  folder.write("model", model);
  Json job = job_for("predict", options.model, options.data, options.target);
  job["model"] = folder.file("model");
  job["out"] = folder.file("predictions");
  spark::submit({options.target.master, options.target.conf, job}, on_event);
  std::ifstream file(folder.file("predictions"));
  return {std::istream_iterator<float>(file), {}};
}

std::string csv(const Dataset& rows, const std::vector<float>& predictions) {
  std::string text = "row,label,prediction\n";
  for (size_t i = 0; i < predictions.size(); ++i) {
    append(text, cat(i, ",", rows.label_text(static_cast<int64_t>(i)), ",", predictions[i], "\n"));
  }
  return text;
}

void predict(const Options& options) {
  bool to_stdout = options.out == "-";
  require<AttrError>(!(to_stdout && options.json == "-"),
                     "json: stdout has the predictions already; give --out FILE or --json FILE");
  Output out(options.json, to_stdout);
  if (!to_stdout) require_writable("out", options.out);
  std::string model = read_model(options.model, 1);
  Dataset rows = load_dataset(options.data, "test");
  model = model_for(model, rows.x_shape, options.model);
  check(options.target);
  Renderer show(out.human(), {});
  auto predictions = options.target.master.empty()
                         ? predict_here(model, rows, options.target.threads)
                         : predict_on_spark(options, model, show);
  require<FormatError>(static_cast<int64_t>(predictions.size()) == rows.rows, "predict: got ",
                       predictions.size(), " predictions for ", rows.rows, " rows");
  std::string text = csv(rows, predictions);
  if (to_stdout) {
    std::fwrite(text.data(), 1, text.size(), stdout);
  } else {
    write_file(options.out, text);
    out.human().line(cat(rows.rows, " predictions written to ", options.out));
  }
  out.json({{"rows", rows.rows},
            {"model", options.model},
            {"data", options.data},
            {"out", options.out}});
}

}  // namespace

void add_predict(CLI::App& app, Action& action) {
  auto o = std::make_shared<Options>();
  auto* c =
      app.add_subcommand("predict", "Write what a model says about the test rows of a data set");
  c->add_option("--model", o->model, "model file")->required();
  c->add_option(
       "--data", o->data,
       "data set: mnist[:DIR], synthetic:SHAPE/CLASSES/ROWS, ...; see firesteel list datasets")
      ->required();
  c->add_option("--out", o->out, "CSV file, or - for stdout")->capture_default_str();
  add_target(*c, o->target);
  c->add_option("--json", o->json, "write a summary to FILE, or - for stdout");
  c->callback([&action, o] { action = [=] { predict(*o); }; });
}

}  // namespace firesteel::cli
