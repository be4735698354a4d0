// SPDX-License-Identifier: Apache-2.0
// Runs a job of ours on Spark: spark-submit as a child process, its events as they come.
//
// A job (JSON): {"command": "train" | "eval" | "predict" | "doctor", "model": path, "data": SPEC,
//   "fit": {FitSpec of train/worker.h}, "epochs": n | "iterations": n, "group": n | "auto",
//   "shards": n, "checkpoint": url, "resume": bool, "out": path, "app_name": text,
//   "plugins": [paths]}; the plugins that are loaded here are added.
// Events (JSON, "event" says which; train/ gives the same ones in process):
//   start{workers, rows, test_rows, spark}, note{text}, epoch{epoch, loss, accuracy},
//   progress{epoch, epochs, iteration, iterations, loss, images_per_s, eta_s, workers},
//   end{accuracy, loss, images_per_s, workers, iterations, groups, step_ms, compute_ms,
//       sync_exposed_ms, schedule_ms, weights_sha256}, error{text};
//   of a doctor check{check, state: "good" | "note" | "bad", found, do}, end{checks_failed}
// The driver prints an event as a line "@firesteel {json}".
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/json.h"
#include "jvm/launch/process.h"

namespace firesteel::spark {

using OnEvent = std::function<void(const Json& event)>;

struct Submit {
  std::string master;
  std::vector<std::string> conf;  // KEY=VALUE, passed on to Spark
  Json job;
};

// Everything that can be found wrong before Spark is started; throws one sentence.
void check(const std::string& master, const std::vector<std::string>& conf);

// Runs the job to its end and returns the event `end`. Throws Interrupted on SIGINT, SIGTERM and
// SIGHUP (after ending Spark), Error with the driver's sentence when it failed.
Json submit(const Submit& what, const OnEvent& on_event);

// The text of an event line's JSON, or "" when the line is none.
std::string event_text(const std::string& line);

}  // namespace firesteel::spark
