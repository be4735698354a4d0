// SPDX-License-Identifier: Apache-2.0
#include "jvm/launch/fit.h"

#include "core/safetensors.h"
#include "jvm/launch/private_folder.h"
#include "nn/model.h"

namespace firesteel::spark {

FittedModel fit(std::string_view model, Submit what, const OnEvent& on_event) {
  PrivateFolder folder;
  folder.write("model", std::string(model));
  what.job["model"] = folder.file("model");
  what.job["out"] = folder.file("fitted");
  Json end = submit(what, on_event);
  return {std::string(MappedFile(folder.file("fitted")).bytes()), end};
}

FittedModel fit(const Graph& graph, const std::string& data, const FitOptions& options) {
  Json spec = {{"loss", options.loss},
               {"optimizer", options.optimizer},
               {"schedule", options.schedule},
               {"metrics", Json::array({{{"kind", "Accuracy"}}})},
               {"batch_size", options.batch_size},
               {"seed", options.seed},
               {"reproducible", options.reproducible}};
  Json job = {{"command", "train"}, {"app_name", "firesteel"}, {"data", data}};
  const char* length = options.iterations > 0 ? "iterations" : "epochs";
  job[length] = spec[length] = options.iterations > 0 ? options.iterations : options.epochs;
  job["fit"] = spec;
  if (options.threads > 0) job["threads"] = options.threads;
  if (!options.checkpoint.empty()) job["checkpoint"] = options.checkpoint;
  job["resume"] = options.resume;
  return fit(save_model(Model::make(graph, options.seed)), {options.master, options.conf, job},
             options.on_event);
}

void FittedModel::save(const std::string& path) const { write_file(path, bytes); }

}  // namespace firesteel::spark
