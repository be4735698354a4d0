// SPDX-License-Identifier: Apache-2.0
#include "cli/fit_options.h"

#include <CLI/CLI.hpp>

#include "cli/inputs.h"
#include "train/shards.h"
#include "train/spec.h"

namespace firesteel::cli {

void FitOptions::add_to(CLI::App& c) {
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
  c.add_option("--schedule", schedule, "of the learning rate; see firesteel list schedules")
      ->type_name(kKind);
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
  c.add_option("--outer-lr", outer_lr,
               "with --sync local:H: learning rate of the workers' common step")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  c.add_option("--outer-momentum", outer_momentum, "and its Nesterov momentum; DiLoCo: 0.7 and 0.9")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  c.add_option("--micro-batches", micro_batches, "parts a batch is cut into; 0: chosen")
      ->check(CLI::NonNegativeNumber);
}

Json FitOptions::spec(const NamedModel* named, bool made_up) const {
  Json chosen = !optimizer.empty() ? kind_document(optimizer, "optimizer")
                : named && made_up ? named->optimizer()
                                   : Json{{"kind", "SGD"}};
  Json small = !loss.empty() ? kind_document(loss, "loss")
               : named       ? named->loss()
                             : Json{{"kind", "CrossEntropy"}};
  // Metrics belong to the loss that the model has.
  Json metrics = named && loss.empty() ? named->metrics() : Json::array({{{"kind", "Accuracy"}}});
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
               {"error_feedback", error_feedback},
               {"metrics", metrics}};
  if (!schedule.empty()) spec["schedule"] = kind_document(schedule, "schedule");
  return spec;
}

void check_spec(const Json& json, const std::string& model, const Block& rows) {
  FitSpec spec = FitSpec::parse(json.dump());
  spec.shard_rows = {rows.rows};
  spec.resolve();
  check_fit(load_model(model, "model"), spec, labels_of(rows));
}

}  // namespace firesteel::cli
