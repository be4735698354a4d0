// SPDX-License-Identifier: Apache-2.0
// The functions of train/worker.h for groups whose numbers Spark carries.
#include "train/worker.h"
#include "train/worker_fit.h"

namespace firesteel::worker {
namespace {

std::vector<std::string_view> views(const std::vector<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

}  // namespace

bool begin_carried(const std::string& fit_id, const std::string& group_json) {
  auto fit = fit_of(fit_id);
  std::lock_guard running(fit->running);
  Json group = parse_json(group_json, "group");
  Engine& engine = *fit->engine;
  fit->stop = false;
  engine.set_threads(field_or<int>(group, "threads", 1, "group"));
  observe(engine, group);
  LocalCollective alone;
  bool found = false;
  auto first_step = field<int64_t>(group, "first_step", "group");
  std::string standing = engine.standing(first_step);
  engine.settle(first_step, {&standing, 1}, alone, &found).throw_if_failed();
  if (found) engine.begin_carried();
  return found;
}

void restore(const std::string& fit_id, std::string_view checkpoint) {
  auto fit = fit_of(fit_id);
  std::lock_guard running(fit->running);
  fit->engine->restore(checkpoint, "checkpoint");
}

std::string compute_carried(const std::string& fit_id, const std::string& group_json) {
  auto fit = fit_of(fit_id);
  std::lock_guard running(fit->running);
  Json group = parse_json(group_json, "group");
  auto rank = field<int>(group, "rank", "group");
  Assignment part = lanes_of(group, fit->engine->spec(), rank);
  return Json{{"compute_s", fit->engine->compute_carried(part, rank, &fit->stop)}}.dump();
}

std::string carried_gradients(const std::string& fit_id, int rank, int size) {
  auto fit = fit_of(fit_id);
  std::lock_guard running(fit->running);
  return fit->engine->carried_gradients({rank, size});
}

std::string sum_carried(const std::string& fit_id, const std::vector<std::string>& packed, int rank,
                        int size) {
  auto fit = fit_of(fit_id);
  std::lock_guard running(fit->running);
  return fit->engine->sum_carried(views(packed), {rank, size});
}

std::string update_carried(const std::string& fit_id, const std::vector<std::string>& squares,
                           int rank, int size) {
  auto fit = fit_of(fit_id);
  std::lock_guard running(fit->running);
  return fit->engine->update_carried(views(squares), {rank, size});
}

void take_parameters(const std::string& fit_id, const std::vector<std::string>& slices) {
  auto fit = fit_of(fit_id);
  std::lock_guard running(fit->running);
  fit->engine->take_parameters(views(slices));
}

std::string carried_optimizer(const std::string& fit_id, int rank, int size) {
  auto fit = fit_of(fit_id);
  std::lock_guard running(fit->running);
  return fit->engine->carried_optimizer({rank, size});
}

void take_optimizer(const std::string& fit_id, const std::vector<std::string>& slices) {
  auto fit = fit_of(fit_id);
  std::lock_guard running(fit->running);
  fit->engine->take_optimizer(views(slices));
}

std::string end_carried(const std::string& fit_id, const std::string& group_json) {
  auto fit = fit_of(fit_id);
  std::lock_guard running(fit->running);
  Json group = parse_json(group_json, "group");
  Json report = report_of(fit->engine->end_carried(), fit->engine->spec(),
                          field_or<int64_t>(group, "group", 0, "group"));
  report["disk_bytes"] = fit->engine->shards().bytes_in_files();
  add_hash(&report, group, *fit);
  add_observed(&report, *fit);
  return report.dump();
}

}  // namespace firesteel::worker
