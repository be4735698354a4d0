// SPDX-License-Identifier: Apache-2.0
// Shows a job's events (jvm/launch/spark_submit.h) to people, the same for Spark and in process.
#pragma once

#include <chrono>

#include "cli/terminal.h"
#include "core/json.h"

namespace firesteel::cli {

class Renderer {
 public:
  explicit Renderer(Terminal& terminal) : terminal_(terminal) {}
  void operator()(const Json& event);

 private:
  using Clock = std::chrono::steady_clock;
  void progress(const Json& event);

  Terminal& terminal_;
  Clock::time_point next_{};
};

// The table after training: accuracy, speed and where the time of an iteration went.
void print_training(Terminal& terminal, const Json& end);
void print_evaluation(Terminal& terminal, const Json& end);

}  // namespace firesteel::cli
