// SPDX-License-Identifier: Apache-2.0
#include "cli/inputs.h"

#include <CLI/CLI.hpp>
#include <filesystem>

#include "core/safetensors.h"
#include "jvm/launch/spark_submit.h"
#include "nn/model.h"
#include "nn/model_api.h"
#include "train/metric.h"

namespace firesteel::cli {
std::string read_model(const std::string& name_or_file, uint64_t seed) {
  if (is_named_model(name_or_file)) return named_model(name_or_file, seed);
  if (!std::filesystem::exists(name_or_file)) {
    bool path = name_or_file.find_first_of("/.") != std::string::npos;
    require<SystemError>(!path, name_or_file, ": no such file");
    try {
      return named_model(name_or_file, seed);  // throws, with the name that may have been meant
    } catch (const AttrError& e) {
      std::string text = e.what();
      fail<AttrError>(text, text.ends_with('?') ? "" : ".",
                      " See firesteel list models, or give a file");
    }
  }
  MappedFile file(name_or_file);
  std::string bytes(file.bytes());
  size_t first = bytes.find_first_not_of(" \t\r\n");
  if (first != std::string::npos && bytes[first] == '{') {
    try {
      return create_model(bytes, seed);
    } catch (const Error&) {
      rethrow_at(name_or_file);
    }
  }
  load_model(bytes, name_or_file);
  return bytes;
}

std::string model_for(const std::string& bytes, const Shape& row, const std::string& title) {
  Model model = load_model(bytes, title);
  try {
    Model shaped = model.with_input_shape(row);
    shaped.graph->infer(1);
    return model.input_shape().empty() ? save_model(shaped) : bytes;
  } catch (const Error&) {
    rethrow_at(cat(title, " for rows of ", row));
  }
}

void add_metrics(CLI::App& command, std::vector<std::string>& metrics) {
  command
      .add_option("--metric", metrics,
                  "see firesteel list metrics; may be repeated. What the model says, or accuracy "
                  "where labels are class ids")
      ->type_name("KIND[:NAME=VALUE,...]")
      ->expected(1)
      ->take_all();
}

Json metric_documents(const std::vector<std::string>& metrics) {
  Json list = Json::array();
  for (const std::string& text : metrics) list.push_back(kind_document(text, "metric"));
  return list;
}

Json usual_metrics(DType labels) {
  Json list = Json::array();
  if (labels == DType::s32) list.push_back({{"kind", "Accuracy"}});
  return list;
}

std::vector<std::string> metric_keys(const Json& documents) {
  std::vector<std::string> keys;
  for (const Json& one : documents) {
    keys.push_back(make_from_json(one, Registry<Metric>::instance(), "metrics")->key());
  }
  return keys;
}

void add_target(CLI::App& command, Target& target) {
  auto* master = command.add_option(
      "--master", target.master,
      "Spark master (local[N], local-cluster[W,C,MB], spark://H:P, yarn, k8s://URL); without it, "
      "in this process");
  command.add_option("--conf", target.conf, "spark.KEY=VALUE for Spark; may be repeated")
      ->needs(master)
      ->expected(1)
      ->take_all();
  command.add_option("--threads", target.threads, "threads of each worker; 0: all it is given")
      ->check(CLI::NonNegativeNumber);
}

void check(const Target& target) {
  if (!target.master.empty()) spark::check(target.master, target.conf);
}

Json job_for(const std::string& command, const std::string& title, const std::string& data,
             const Target& target) {
  Json job = {
      {"command", command}, {"app_name", cat("firesteel ", command, " ", title)}, {"data", data}};
  if (target.threads > 0) job["threads"] = target.threads;
  return job;
}

}  // namespace firesteel::cli
