// SPDX-License-Identifier: Apache-2.0
#include "cli/fit_options.h"

#include <CLI/CLI.hpp>
#include <map>

#include "cli/inputs.h"
#include "train/recipes.h"
#include "train/shards.h"
#include "train/spec.h"

namespace firesteel::cli {

namespace {

// "conv*.bias:lr=2,optimizer=Adam", or the document itself.
Json param_group(const std::string& text) {
  Json doc = kind_document(text, "param-group");
  if (doc.contains("kind")) {
    doc["match"] = doc["kind"];
    doc.erase("kind");
  }
  if (doc.contains("optimizer") && doc["optimizer"].is_string()) {
    doc["optimizer"] = {{"kind", doc["optimizer"]}};
  }
  return doc;
}

}  // namespace

void FitOptions::add_to(CLI::App& c) {
  command = &c;
  c.add_option("--recipe", recipe,
               "hyper-parameters, and the model, of a published fit; other options go before them; "
               "see firesteel list recipes")
      ->type_name("NAME");
  const char* kKind = "KIND[:NAME=VALUE,...]";
  c.add_option("--batch", batch, "rows of one iteration, over all workers")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  c.add_option("--lr", lr, "learning rate");
  c.add_option("--momentum", momentum, "momentum of the optimizer");
  c.add_flag("--nesterov", nesterov, "Nesterov's form of momentum");
  c.add_option("--weight-decay", weight_decay, "pull of the weights towards zero");
  c.add_option(
       "--optimizer", optimizer,
       "see firesteel list optimizers; SGD, but what suits the model where rows are made up for it")
      ->type_name(kKind);
  c.add_option("--schedule", schedules,
               "of the learning rate; see firesteel list schedules. Several, all but the last with "
               "iterations=N or epochs=N, follow each other")
      ->type_name(kKind)
      ->expected(1)
      ->take_all();
  add_metrics(c, metrics);
  c.add_option("--validate-every", validate_every,
               "epochs between evaluations of the test data; 0: at the end alone")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  c.add_option("--stop", stop, "when to end before the last epoch; see firesteel list triggers")
      ->type_name(kKind);
  c.add_option("--checkpoint-keep", checkpoint_keep,
               "with --checkpoint: so many of the newest stay")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  c.add_option(
       "--checkpoint-best", checkpoint_best,
       "with --checkpoint: best.safetensors is that of the epoch with the best such result: "
       "accuracy, test_loss, max:NAME, min:NAME")
      ->type_name("RESULT");
  c.add_option("--param-group", param_groups,
               "what is different for parameters with such names (* stands for any letters): lr (a "
               "factor), weight_decay, l1, l2, freeze, optimizer; several: the first that matches")
      ->type_name("NAMES:NAME=VALUE,...")
      ->expected(1)
      ->take_all();
  c.add_option("--loss", loss,
               "see firesteel list losses; CrossEntropy, unless a named model has another")
      ->type_name(kKind);
  c.add_option("--loss-weights", loss_weights,
               "one number for each output of a model with several; default: 1 each");
  c.add_option("--seed", seed, "of first weights, order of rows, dropout")->capture_default_str();
  c.add_flag("--reproducible", reproducible,
             "the same weights, bit for bit, whatever the number of workers and threads");
  c.add_flag("--sync-batch-norm", sync_batch_norm,
             "batch normalization over the whole batch, not each of its parts: slower");
  c.add_option("--dtype", dtype, "type to compute in: f32, or bf16 where the CPU has it")
      ->check(CLI::IsMember({"f32", "bf16"}))
      ->capture_default_str();
  c.add_option(
       "--recompute", recompute,
       "in backward, to save memory: none, what is cheap, or segments of the model: a third "
       "slower")
      ->check(CLI::IsMember({"none", "cheap", "segments"}))
      ->capture_default_str();
  c.add_option("--thread-mode", thread_mode,
               "how a worker's threads share a step: replicas compute parts of the batch, split "
               "divides each operation; auto: measured")
      ->check(CLI::IsMember({"auto", "replicas", "split"}))
      ->capture_default_str();
  c.add_option("--clip-norm", clip_norm, "most L2 norm of an iteration's gradient; 0: any")
      ->check(CLI::NonNegativeNumber);
  c.add_option("--clip-value", clip_value, "most size of each number of it; 0: any")
      ->check(CLI::NonNegativeNumber);
  c.add_option("--wire", wire,
               "what gradients and parameters are rounded to between workers: f32 is not rounded")
      ->check(CLI::IsMember({"f32", "bf16", "f16"}))
      ->capture_default_str();
  c.add_flag("--error-feedback", error_feedback,
             "add to gradients what rounding took from those before; with --wire bf16 or f16");
  c.add_flag(
      "--encrypt", encrypt,
      "encrypt what workers send each other, also where Spark does not encrypt what it sends");
  c.add_option("--outer-lr", outer_lr,
               "with --sync local:H: learning rate of the workers' common step")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  c.add_option("--outer-momentum", outer_momentum, "and its Nesterov momentum; DiLoCo: 0.7 and 0.9")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  c.add_option(
       "--drop-slowest", drop_slowest,
       "on Spark: share of micro-batches that an iteration need not wait for; 0: waits for all")
      ->check(CLI::Range(0.0, 0.9));
  c.add_option("--drop-most", drop_most,
               "most of them that may be left out before they get more time")
      ->check(CLI::Range(0.0, 0.9))
      ->capture_default_str();
  c.add_option("--drop-warmup", drop_warmup, "iterations that wait for all first")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  c.add_option("--accumulate", accumulate, "batches that are summed up before an update")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  c.add_option(
       "--base-batch", base_batch,
       "batch that the learning rate is meant for: it grows in proportion; 0: whatever it is")
      ->check(CLI::NonNegativeNumber);
  c.add_option(
       "--ema-decay", ema_decay,
       "of a running mean of the parameters, which is the model that is evaluated and saved; "
       "0: none")
      ->check(CLI::Range(0.0, 1.0));
  c.add_option("--micro-batches", micro_batches, "parts a batch is cut into; 0: chosen")
      ->check(CLI::NonNegativeNumber);
}

Json FitOptions::spec(const NamedModel* named, bool made_up) const {
  Json chosen = !optimizer.empty() ? kind_document(optimizer, "optimizer")
                : !recipe.empty()  ? recipe_of(recipe).fit.at("optimizer")
                : named && made_up ? named->optimizer()
                                   : Json{{"kind", "SGD"}};
  Json of_recipe = recipe.empty() ? Json::object() : recipe_of(recipe).fit;
  Json small = !loss.empty()                ? kind_document(loss, "loss")
               : of_recipe.contains("loss") ? of_recipe["loss"]
               : named                      ? named->loss()
                                            : Json{{"kind", "CrossEntropy"}};
  auto set = [&](const char* name, const auto& value) {
    if (value) chosen[name] = *value;
  };
  set("lr", lr);
  set("momentum", momentum);
  set("weight_decay", weight_decay);
  if (nesterov) chosen["nesterov"] = true;
  Json spec = {{"loss", small},
               {"loss_weights", loss_weights},
               {"optimizer", chosen},
               {"batch_size", batch},
               {"micro_batches", micro_batches},
               {"validate_every", validate_every},
               {"drop_slowest", drop_slowest},
               {"drop_most", drop_most},
               {"drop_warmup", drop_warmup},
               {"checkpoint_keep", checkpoint_keep},
               {"checkpoint_best", checkpoint_best},
               {"accumulate", accumulate},
               {"base_batch_size", base_batch},
               {"ema_decay", ema_decay},
               {"param_groups", Json::array()},
               {"seed", seed},
               {"reproducible", reproducible},
               {"sync_batch_norm", sync_batch_norm},
               {"dtype", dtype},
               {"recompute", recompute},
               {"thread_mode", thread_mode},
               {"clip_norm", clip_norm},
               {"clip_value", clip_value},
               {"local_steps", local_steps},
               {"outer_lr", outer_lr},
               {"outer_momentum", outer_momentum},
               {"wire", wire},
               {"encrypt", encrypt},
               {"error_feedback", error_feedback}};
  // The model's metrics belong to its loss.
  if (!metrics.empty()) {
    spec["metrics"] = metric_documents(metrics);
  } else if (named && loss.empty()) {
    spec["metrics"] = named->metrics();
  }
  if (!stop.empty()) spec["stop"] = kind_document(stop, "stop");
  for (const std::string& text : param_groups) spec["param_groups"].push_back(param_group(text));
  Json list = Json::array();
  for (const std::string& text : schedules) list.push_back(kind_document(text, "schedule"));
  if (!list.empty()) spec["schedule"] = list.size() == 1 ? list[0] : list;
  if (!recipe.empty()) add_recipe(&spec);
  return spec;
}

void FitOptions::add_recipe(Json* spec) const {
  static const std::map<std::string, std::string> kOptions = {
      {"batch_size", "--batch"},    {"base_batch_size", "--base-batch"},
      {"clip_norm", "--clip-norm"}, {"schedule", "--schedule"},
      {"epochs", "--epochs"},       {"iterations", "--iterations"},
      {"stop", "--stop"},           {"metrics", "--metric"}};
  for (const auto& [key, value] : recipe_of(recipe).fit.items()) {
    auto option = kOptions.find(key);
    if (option != kOptions.end() && command->count(option->second) == 0) (*spec)[key] = value;
  }
}

void check_spec(const Json& json, const std::string& model, const Block& rows, bool has_tests) {
  FitSpec spec = FitSpec::parse(json.dump());
  spec.shard_rows = {rows.rows};
  spec.resolve();
  check_fit(load_model(model, "model"), spec, labels_of(rows));
  check_watched(spec, has_tests);
}

}  // namespace firesteel::cli
