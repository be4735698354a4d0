// SPDX-License-Identifier: Apache-2.0
// Shows a job's events (jvm/launch/spark_submit.h) to people, the same for Spark and in process.
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "cli/terminal.h"
#include "core/json.h"

namespace firesteel::cli {

class Renderer {
 public:
  // metrics: their keys.
  Renderer(Terminal& terminal, std::vector<std::string> metrics)
      : terminal_(terminal), metrics_(std::move(metrics)) {}
  void operator()(const Json& event);

 private:
  using Clock = std::chrono::steady_clock;
  void progress(const Json& event);

  Terminal& terminal_;
  std::vector<std::string> metrics_;
  Clock::time_point next_{};
};

// The table after training: metrics, speed and where the time of an iteration went.
void print_training(Terminal& terminal, const Json& end, const std::vector<std::string>& metrics);
void print_evaluation(Terminal& terminal, const Json& end, const std::vector<std::string>& metrics);

}  // namespace firesteel::cli
