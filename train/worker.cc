// SPDX-License-Identifier: Apache-2.0
#include "train/worker.h"

#include "backend/kernels/isa.h"

#include <atomic>
#include <list>
#include <map>
#include <memory>
#include <mutex>

#include "core/json.h"
#include "core/sha256.h"
#include "train/fit_memory.h"
#include "train/predictor.h"
#include "train/worker_fit.h"

#ifndef FIRESTEEL_VERSION
#define FIRESTEEL_VERSION "0.1.0"
#endif

namespace firesteel::worker {
namespace {

struct Process {
  std::mutex mutex;
  Listener listener;
  std::map<std::string, std::shared_ptr<Fit>> fits;
  std::list<std::pair<std::string, std::shared_ptr<Predictor>>> predictors;  // by model hash
};

// Never destroyed: worker threads may outlive static destruction.
Process& process() {
  static auto* kProcess = new Process;
  return *kProcess;
}

MeshSpec mesh_spec(const Json& group, const std::string& fit_id, Fit& fit) {
  MeshSpec spec;
  spec.fit_id = fit_id;
  spec.epoch = field<uint64_t>(group, "membership", "group");
  spec.rank = field<int>(group, "rank", "group");
  for (const Json& peer : field<Json>(group, "peers", "group")) {
    spec.peers.push_back(
        {field<std::string>(peer, "host", "group.peers"), field<int>(peer, "port", "group.peers")});
  }
  require<FormatError>(spec.rank >= 0 && spec.rank < static_cast<int>(spec.peers.size()),
                       "group.rank: no such peer, got ", spec.rank);
  spec.key = fit.key;
  spec.sealed = fit.engine->spec().encrypt;
  spec.by_host = fit.engine->spec().by_host;
  spec.form_deadline = Millis(field_or<int64_t>(group, "form_deadline_ms", 8000, "group"));
  spec.peer_deadline = Millis(field_or<int64_t>(group, "peer_deadline_ms", 5000, "group"));
  spec.cancel = &fit.stop;
  return spec;
}

// What each worker has of the boundary's state. That also tells that all are in the group: a task that
// gets no slot leaves its process alive, and others must not wait for it as for one that computes.
Result meet(Mesh& mesh, const MeshSpec& spec, const std::string& own,
            std::vector<std::string>* all) {
  mesh.set_step_deadline(spec.form_deadline);
  Result result = mesh.exchange(own, all);
  mesh.set_step_deadline(spec.step_deadline);
  return result.because("not all workers of the group have come");
}

// The mesh of this membership: kept from the former group where it is the same.
Result join(Fit& fit, const MeshSpec& spec, bool* unreachable) {
  {
    std::lock_guard lock(fit.mutex);
    if (fit.mesh && fit.membership != spec.epoch) fit.mesh.reset();
  }
  if (fit.mesh) return Result::success();
  std::unique_ptr<Mesh> mesh;
  Result result = Mesh::form(process().listener, spec, &mesh, unreachable);
  if (!result.ok()) return result;
  std::lock_guard lock(fit.mutex);
  fit.mesh = std::move(mesh);
  fit.membership = spec.epoch;
  return result;
}

struct GroupRun {
  StepsReport steps;
  bool unreachable = false;  // others' ports were
  bool state_found = true;
};

GroupRun run_steps(Fit& fit, const Json& group, const MeshSpec& spec) {
  Engine& engine = *fit.engine;
  Assignment part = lanes_of(group, engine.spec(), spec.rank);
  auto first_step = field<int64_t>(group, "first_step", "group");
  auto count = field<int64_t>(group, "steps", "group");
  LocalCollective alone;
  GroupRun run;
  StepsReport& report = run.steps;
  Collective* peers = &alone;
  if (spec.peers.size() > 1) {
    report.result = join(fit, spec, &run.unreachable);
    if (!report.result.ok()) return run;
    peers = fit.mesh.get();
  }
  std::vector<std::string> standings{engine.standing(first_step)};
  if (spec.peers.size() > 1) {
    report.result = meet(*fit.mesh, spec, std::string(standings[0]), &standings);
    if (!report.result.ok()) return run;
  }
  report.result = engine.settle(first_step, standings, *peers, &run.state_found);
  if (!report.result.ok() || !run.state_found) return run;
  report = engine.run(count, part, *peers, &fit.stop,
                      field_or<bool>(group, "head_start", false, "group"));
  bool fitted =
      engine.spec().fitted_by_state() && field_or<bool>(group, "want_model", true, "group");
  bool collects = fitted || field_or<bool>(group, "want_state", false, "group");
  if (report.result.ok() && collects) {
    report.result = engine.collect(0, *peers);
  }
  if (report.result.ok() && report.steps < count) {
    std::lock_guard lock(fit.mutex);
    report.result = Result::failure(fit.stop_reason);
  }
  return run;
}

std::shared_ptr<Predictor> predictor_of(std::string_view model, const Block& block) {
  constexpr size_t kMostPredictors = 4;
  Digest digest = sha256(model);
  std::string hash = cat(hex(digest), block.x_shape);
  std::lock_guard lock(process().mutex);
  auto& all = process().predictors;
  for (auto it = all.begin(); it != all.end(); ++it) {
    if (it->first != hash) continue;
    all.splice(all.begin(), all, it);
    return it->second;
  }
  Model loaded = load_model(model, "model").with_input_shape(block.x_shape);
  all.emplace_front(hash, std::make_shared<Predictor>(std::move(loaded)));
  if (all.size() > kMostPredictors) all.pop_back();
  return all.front().second;
}

}  // namespace

std::shared_ptr<Fit> fit_of(const std::string& fit_id) {
  std::lock_guard lock(process().mutex);
  auto found = process().fits.find(fit_id);
  require<SystemError>(found != process().fits.end(), "fit ", fit_id,
                       " is not known to this worker");
  return found->second;
}

Assignment lanes_of(const Json& group, const FitSpec& spec, int rank) {
  auto lanes = field<std::vector<std::vector<int>>>(group, "lanes", "group");
  require<FormatError>(
      static_cast<size_t>(rank) < lanes.size() && lanes[static_cast<size_t>(rank)].size() == 2,
      "group.lanes: none for rank ", rank);
  const auto& own = lanes[static_cast<size_t>(rank)];
  return assignment_of(spec, own[0], own[1]);
}

Json report_of(const StepsReport& steps, const FitSpec& spec, int64_t group) {
  Json metrics = Json::object();
  // Empty where no step was begun.
  auto figure = steps.metrics.begin();
  for (const auto& metric : spec.metrics) {
    if (metric->in_training() && figure != steps.metrics.end()) metrics[metric->key()] = *figure++;
  }
  bool ok = steps.result.ok();
  return {{"status", ok ? "ok" : "aborted"},
          {"suspect", steps.result.suspect()},
          {"reason", steps.result.message()},
          {"group", group},
          {"steps", ok ? steps.steps : 0},
          {"samples", steps.samples},
          {"dropped", steps.dropped},
          {"loss", steps.loss},
          {"metrics", metrics},
          {"loop_s", steps.times.loop},
          {"compute_s", steps.times.compute},
          {"sync_exposed_s", steps.times.sync}};
}

void add_hash(Json* report, const Json& group, const Fit& fit) {
  if (!field_or<bool>(group, "want_weights_sha256", false, "group")) return;
  const Engine& engine = *fit.engine;
  Model model =
      engine.has_all_state() ? engine.fitted() : engine.model();  // rank 0 has, where it matters
  (*report)["weights_sha256"] = weights_sha256(model.table, model.values.data());
}

void observe(Engine& engine, const Json& group) {
  Json observed = field_or<Json>(group, "observed", Json::array(), "group");
  for (const Observation& seen : observed_from_json(observed, "group")) engine.observe(seen);
}

void add_observed(Json* report, const Fit& fit) {
  if (fit.engine->spec().watched().empty()) return;
  (*report)["observed"] = observed_to_json(fit.engine->observed());
}

int start(const std::string& bind_host, int port) {
  std::lock_guard lock(process().mutex);
  Listener& listener = process().listener;
  constexpr int kPortRetries = 16;
  if (listener.port() == 0) listener.open(bind_host, port, kPortRetries).throw_if_failed();
  return listener.port();
}

std::string hello() {
  return Json{{"version", FIRESTEEL_VERSION},
              {"isa", effective_isa()},
              {"cpu", cpu_name()},
              {"cores", available_cores()},
              {"kernels", kernels::name_of(kernels::isa())},
              {"bf16", bf16_unit()},
              {"onednn", onednn_version()}}
      .dump();
}

int default_shards(const std::string& spec_json) {
  return static_cast<int>(FitSpec::parse(spec_json).default_shards());
}

std::string resolve_fit(const std::string& spec_json, std::string_view model, bool has_tests) {
  FitSpec spec = FitSpec::parse(spec_json);
  spec.resolve();
  check_model(load_model(model, "model"), spec);
  check_watched(spec, has_tests);
  return Json{{"spec", Json::parse(spec.json())},
              {"rows", spec.rows()},
              {"lanes", spec.micro_batches},
              {"iterations", spec.iterations},
              {"steps_per_epoch", spec.steps_per_epoch()},
              {"needs_norms", spec.needs_norms()},
              {"watched", spec.watched()},
              {"stops", spec.stop != nullptr}}
      .dump();
}

bool stops(const std::string& resolved_spec_json, int64_t step, const std::string& observed) {
  return FitSpec::parse(resolved_spec_json)
      .stops(step, observed_from_json(parse_json(observed, "observed"), "fit"));
}

bool is_best(const std::string& resolved_spec_json, const std::string& observed) {
  return FitSpec::parse(resolved_spec_json)
      .is_best(observed_from_json(parse_json(observed, "observed"), "fit"));
}

std::string observed_in(std::string_view state) {
  return observed_to_json(Engine::observed_in(state)).dump();
}

std::string with_observed(std::string_view state, const std::string& observed) {
  return Engine::with_observed(state, observed_from_json(parse_json(observed, "observed"), "fit"));
}

std::string assign(const std::string& resolved_spec_json, int workers) {
  Json list = Json::array();
  for (const Assignment& part : assign_lanes(FitSpec::parse(resolved_spec_json), workers)) {
    list.push_back({{"lanes", {part.lane_begin, part.lane_end}},
                    {"shards", {part.shard_begin, part.shard_end}}});
  }
  return list.dump();
}

std::string memory_of_fit(const std::string& resolved_spec_json, std::string_view model,
                          int workers, int threads) {
  FitMemory found =
      fit_memory(load_model(model, "model"), FitSpec::parse(resolved_spec_json), workers, threads);
  return Json{{"rows", found.rows}, {"activations", found.activations}, {"model", found.model}}
      .dump();
}

void begin_fit(const std::string& fit_id, const std::string& resolved_spec_json,
               std::string_view state, const std::string& key) {
  if (has_fit(fit_id)) return;
  auto fit = std::make_shared<Fit>();
  fit->key = key;
  Model model = load_model(state, "model");
  fit->engine = std::make_unique<Engine>(std::move(model), FitSpec::parse(resolved_spec_json), 1);
  if (Engine::is_checkpoint(state)) fit->engine->restore(state, "checkpoint");
  std::lock_guard lock(process().mutex);
  process().fits.emplace(fit_id, std::move(fit));
}

bool has_fit(const std::string& fit_id) {
  std::lock_guard lock(process().mutex);
  return process().fits.count(fit_id) > 0;
}

bool has_shard(const std::string& fit_id, int shard) {
  return fit_of(fit_id)->engine->shards().has(shard);
}

void spill_shards(const std::string& fit_id, const std::string& place_json) {
  Json place = parse_json(place_json, "place");
  fit_of(fit_id)->engine->shards().spill(field<std::vector<std::string>>(place, "folders", "place"),
                                         field<int64_t>(place, "memory", "place"),
                                         field<bool>(place, "encrypt", "place"));
}

void add_shard(const std::string& fit_id, int shard, std::string block) {
  fit_of(fit_id)->engine->shards().add(shard, std::move(block));
}

std::string run_group(const std::string& fit_id, const std::string& group_json) {
  auto fit = fit_of(fit_id);
  std::lock_guard running(fit->running);
  Json group = parse_json(group_json, "group");
  MeshSpec spec = mesh_spec(group, fit_id, *fit);
  fit->stop = false;
  fit->engine->set_threads(field_or<int>(group, "threads", 1, "group"));
  observe(*fit->engine, group);
  fit->engine->drop_after(field_or<double>(group, "drop_after_s", 0, "group"));
  GroupRun run;
  try {
    run = run_steps(*fit, group, spec);
  } catch (const std::exception& e) {
    std::lock_guard lock(fit->mutex);
    if (fit->mesh) fit->mesh->abort(e.what(), spec.rank);
    fit->mesh.reset();
    throw;
  }
  Json report =
      report_of(run.steps, fit->engine->spec(), field_or<int64_t>(group, "group", 0, "group"));
  if (!run.state_found) report["status"] = "no_state";
  report["unreachable"] = run.unreachable;
  report["lr"] = fit->engine->learning_rate();
  std::lock_guard lock(fit->mutex);
  if (!run.steps.result.ok()) fit->mesh.reset();
  report["threads"] = field_or<int>(group, "threads", 1, "group");
  report["disk_bytes"] = fit->engine->shards().bytes_in_files();
  if (fit->engine->spec().drop_slowest > 0) report["leaf_ends_s"] = fit->engine->take_leaf_ends();
  report["bytes_sent"] = fit->mesh ? fit->mesh->stats().bytes_sent : 0;
  add_hash(&report, group, *fit);
  add_observed(&report, *fit);
  return report.dump();
}

void interrupt(const std::string& fit_id, const std::string& reason) {
  auto fit = fit_of(fit_id);
  std::lock_guard lock(fit->mutex);
  fit->stop_reason = reason;
  fit->stop = true;
  if (fit->mesh) fit->mesh->abort(reason, -1);
}

std::string checkpoint(const std::string& fit_id) {
  auto fit = fit_of(fit_id);
  std::lock_guard running(fit->running);
  return fit->engine->checkpoint();
}

std::string model(const std::string& fit_id) {
  auto fit = fit_of(fit_id);
  std::lock_guard running(fit->running);
  return save_model(fit->engine->fitted());
}

void end_fit(const std::string& fit_id) {
  std::shared_ptr<Fit> fit;
  {
    std::lock_guard lock(process().mutex);
    auto found = process().fits.find(fit_id);
    if (found == process().fits.end()) return;
    fit = std::move(found->second);
    process().fits.erase(found);
  }
  std::lock_guard running(fit->running);
  if (fit->mesh) fit->mesh->close();
}

std::string evaluate(std::string_view model, const std::string& spec_json, std::string_view block,
                     int threads) {
  FitSpec spec = FitSpec::parse(spec_json);
  Block rows = parse_block(block, "evaluate");
  EvalSums sums = predictor_of(model, rows)->evaluate(spec, rows, threads);
  Json metrics = Json::object();
  for (size_t m = 0; m < spec.metrics.size(); ++m) {
    metrics[spec.metrics[m]->key()] = sums.metrics[m];
  }
  return Json{{"rows", sums.rows},
              {"loss_sum", sums.loss.sum},
              {"loss_normaliser", sums.loss.normaliser},
              {"metrics", metrics}}
      .dump();
}

std::string figures(const std::string& spec_json, const std::string& evaluations) {
  FitSpec spec = FitSpec::parse(spec_json);
  EvalSums total;
  for (const auto& metric : spec.metrics) total.metrics.emplace_back(metric->sums());
  for (const Json& one : parse_json(evaluations, "evaluations")) {
    EvalSums sums{.rows = field<int64_t>(one, "rows", "evaluation"),
                  .loss = {field<double>(one, "loss_sum", "evaluation"),
                           field<double>(one, "loss_normaliser", "evaluation")}};
    auto metrics = field<Json>(one, "metrics", "evaluation");
    for (const auto& metric : spec.metrics) {
      sums.metrics.push_back(
          field<std::vector<double>>(metrics, metric->key().c_str(), "evaluation.metrics"));
    }
    total += sums;
  }
  Json out = {{"rows", total.rows}, {"loss", total.loss.mean()}};
  for (size_t m = 0; m < spec.metrics.size(); ++m) {
    out[spec.metrics[m]->key()] = spec.metrics[m]->figure(total.metrics[m]);
  }
  return out.dump();
}

std::string predict(std::string_view model, std::string_view block, int threads) {
  Block rows = parse_block(block, "predict");
  return predictor_of(model, rows)->predict(rows, threads);
}

}  // namespace firesteel::worker
