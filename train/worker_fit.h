// SPDX-License-Identifier: Apache-2.0
// One fit's part in this process, as the functions of train/worker.h share it.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "core/json.h"
#include "sync/mesh.h"
#include "train/engine.h"

namespace firesteel::worker {

// running serialises groups; mutex guards the rest.
struct Fit {
  std::unique_ptr<Engine> engine;
  std::string key;
  std::mutex running;
  std::mutex mutex;
  std::unique_ptr<Mesh> mesh;
  uint64_t membership = 0;
  std::atomic<bool> stop{false};
  std::string stop_reason;
};

// Throws SystemError where there is none.
std::shared_ptr<Fit> fit_of(const std::string& fit_id);

// Of the documents in train/worker.h.
Assignment lanes_of(const Json& group, const FitSpec& spec, int rank);
// Tells the engine the results of validation that a group's driver knows.
void observe(Engine& engine, const Json& group);
// Adds "observed", all that it knows of them, where the schedule watches one.
void add_observed(Json* report, const Fit& fit);
Json report_of(const StepsReport& steps, const FitSpec& spec, int64_t group);
// Adds "weights_sha256" where the group wants it.
void add_hash(Json* report, const Json& group, const Fit& fit);

}  // namespace firesteel::worker
