// SPDX-License-Identifier: Apache-2.0
// firesteel simulate: what an iteration would take on a cluster, from constants or measurements.
#include <CLI/CLI.hpp>
#include <cmath>
#include <memory>

#include "cli/commands.h"
#include "cli/inputs.h"
#include "cli/output.h"
#include "core/safetensors.h"
#include "train/simulate.h"

namespace firesteel::cli {
namespace {

struct Options {
  std::string model = "inception_v1_no_bn", sync = "p2p", fit, json;
  std::vector<int> workers = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000};
  int64_t parameters = 0;
  double compute_ms = 2000, jitter = 0, gbit = 10, driver_gbit = 0, latency_us = 100, group_s = 10;
  double per_byte_ns = 0.2, per_message_us = 10, job_ms = 50, task_ms = 2, start_ms = 20,
         shared_cores = 0;
  int group = 0;
};

ClusterConstants constants_of(const Options& o) {
  return {.compute = o.compute_ms * 1e-3,
          .jitter = o.jitter,
          .bandwidth = o.gbit * 1e9 / 8,
          .driver_bandwidth = o.driver_gbit * 1e9 / 8,
          .latency = o.latency_us * 1e-6,
          .per_byte = o.per_byte_ns * 1e-9,
          .per_message = o.per_message_us * 1e-6,
          .job = o.job_ms * 1e-3,
          .task = o.task_ms * 1e-3,
          .start = o.start_ms * 1e-3,
          .shared_cores = o.shared_cores};
}

// "10gbit" as bytes a second.
double bandwidth_of(const std::string& rate) {
  size_t digits = 0;
  double number = std::stod(rate, &digits);
  std::string unit = rate.substr(digits);
  require<FormatError>(unit == "gbit" || unit == "mbit",
                       "fit: a rate ends with gbit or mbit, got '", rate, "'");
  return number * (unit == "gbit" ? 1e9 : 1e6) / 8;
}

// Entries of ./dev bench paper.
std::vector<MeasuredIteration> read_measured(const std::string& file) {
  MappedFile bytes(file);
  Json document = parse_json(std::string(bytes.bytes()), file);
  std::vector<MeasuredIteration> measured;
  for (const Json& entry : field<Json>(document, "entries", file.c_str())) {
    auto ms = [&](const char* name) { return field<double>(entry, name, "entries") * 1e-3; };
    MeasuredIteration one;
    one.scheme = sync_scheme_from(field<std::string>(entry, "sync", "entries"));
    one.workers = field<int>(entry, "workers", "entries");
    one.group = field<double>(entry, "group", "entries");
    one.bandwidth = bandwidth_of(field<std::string>(entry, "rate", "entries"));
    one.took = {ms("step_ms"), ms("sync_exposed_ms"), ms("schedule_ms")};
    measured.push_back(one);
  }
  return measured;
}

Json row_of(int workers, const SimulatedIteration& s, double one) {
  double whole = s.step + s.schedule;
  return {{"workers", workers},
          {"step_ms", 1e3 * s.step},
          {"sync_exposed_ms", 1e3 * s.sync},
          {"schedule_ms", 1e3 * s.schedule},
          {"iteration_ms", 1e3 * whole},
          {"speedup", workers * one / whole},
          {"efficiency", one / whole}};
}

std::string fixed(double value, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

void print(Terminal& out, const Json& rows) {
  std::vector<std::vector<std::string>> table = {
      {"workers", "iteration ms", "sync ms", "scheduling ms", "speed-up", "efficiency"}};
  for (const Json& row : rows) {
    table.push_back({row["workers"].dump(), fixed(row["iteration_ms"], 1),
                     fixed(row["sync_exposed_ms"], 1), fixed(row["schedule_ms"], 2),
                     fixed(row["speedup"], 1),
                     fixed(100 * row["efficiency"].get<double>(), 1) + " %"});
  }
  bool head = true;
  for (const std::string& line : columns(table)) {
    out.line(std::exchange(head, false) ? out.bold(line) : line);
  }
}

void simulate_cluster(const Options& options) {
  Output out(options.json);
  Model model = load_model(read_model(options.model, 1), "model");
  auto buckets = timed_buckets(model);
  if (options.parameters > 0) {
    double factor =
        static_cast<double>(options.parameters) / static_cast<double>(model.table.total());
    for (TimedBucket& bucket : buckets) bucket.bytes *= factor;
  }
  ClusterConstants constants = constants_of(options);
  SyncScheme scheme = sync_scheme_from(options.sync);
  if (!options.fit.empty()) {
    // What was measured on many workers is what the simulation is compared with. A byte through Spark costs
    // other work than one through a connection.
    constexpr int kMostFitted = 4;
    auto measured = read_measured(options.fit);
    std::erase_if(measured, [&](const auto& one) {
      return one.workers > kMostFitted || one.scheme != scheme;
    });
    require<FormatError>(!measured.empty(), options.fit, ": has no entry of at most ", kMostFitted,
                         " workers with sync ", options.sync);
    constants = fit_constants(buckets, constants, measured);
  }
  double group = options.group > 0 ? options.group
                                   : std::max(1.0, std::floor(options.group_s / constants.compute));
  Json rows = Json::array();
  for (int workers : options.workers) {
    rows.push_back(
        row_of(workers, simulate(buckets, constants, scheme, workers, group), constants.compute));
  }
  print(out.human(), rows);
  out.json({{"model", options.model},
            {"sync", options.sync},
            {"group", group},
            {"constants",
             {{"compute_ms", 1e3 * constants.compute},
              {"jitter", constants.jitter},
              {"gbit", constants.bandwidth * 8e-9},
              {"latency_us", 1e6 * constants.latency},
              {"per_byte_ns", 1e9 * constants.per_byte},
              {"per_message_us", 1e6 * constants.per_message},
              {"job_ms", 1e3 * constants.job},
              {"task_ms", 1e3 * constants.task},
              {"start_ms", 1e3 * constants.start}}},
            {"rows", rows}});
}

}  // namespace

void add_simulate(CLI::App& app, Action& action) {
  auto o = std::make_shared<Options>();
  auto* c = app.add_subcommand("simulate", "Predict an iteration's time on a cluster");
  c->add_option("--model", o->model, "name or model file: sizes and order of its parameters")
      ->capture_default_str();
  c->add_option("--parameters", o->parameters, "as if it had so many; 0: its own")
      ->check(CLI::NonNegativeNumber);
  c->add_option("--workers", o->workers, "numbers of workers")
      ->delimiter(',')
      ->check(CLI::PositiveNumber);
  c->add_option("--sync", o->sync, "p2p, blockmanager or driver")
      ->check(CLI::IsMember({"p2p", "blockmanager", "driver"}))
      ->capture_default_str();
  c->add_option("--group", o->group, "iterations of a Spark job; 0: as many as take --group-s");
  c->add_option("--group-s", o->group_s, "seconds of a group")->capture_default_str();
  c->add_option(
      "--fit", o->fit,
      "take constants from measurements of this --sync on up to 4 workers, a file of ./dev "
      "bench paper");
  auto number = [&](const char* name, double& value, const char* what) {
    c->add_option(name, value, what)->check(CLI::NonNegativeNumber)->capture_default_str();
  };
  number("--compute-ms", o->compute_ms, "forward and backward of an iteration on one worker");
  number("--jitter", o->jitter, "standard deviation of it between workers, as a part of it");
  number("--gbit", o->gbit, "Gb/s of a worker's link, each way");
  number("--driver-gbit", o->driver_gbit, "Gb/s of the driver's link; 0: the same");
  number("--latency-us", o->latency_us, "of a message");
  number("--per-byte-ns", o->per_byte_ns, "a worker's work for each byte that it sends or gets");
  number("--per-message-us", o->per_message_us, "and for each message");
  number("--job-ms", o->job_ms, "of Spark for a job");
  number("--task-ms", o->task_ms, "and of its driver for each of its tasks");
  number("--start-ms", o->start_ms, "a worker's work to begin and end a task");
  number("--shared-cores", o->shared_cores,
         "of one machine that all workers run on; 0: machines of their own");
  c->add_option("--json", o->json, "write the result to FILE, or - for stdout");
  c->callback([&action, o] { action = [=] { simulate_cluster(*o); }; });
}

}  // namespace firesteel::cli
