// SPDX-License-Identifier: Apache-2.0
// What `firesteel train` can be told about a fit, as options and as the FitSpec of train/worker.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/block.h"
#include "core/json.h"

namespace CLI {  // NOLINT(readability-identifier-naming)
class App;
}

namespace firesteel::cli {

struct FitOptions {
  std::string loss = "CrossEntropy";
  std::string optimizer = "SGD";
  std::string schedule;
  std::optional<double> lr, momentum, weight_decay;
  bool nesterov = false;
  int64_t batch = 128;
  int64_t micro_batches = 0;
  uint64_t seed = 1;
  bool reproducible = false;
  bool sync_batch_norm = false;
  std::string dtype = "f32", recompute = "cheap", thread_mode = "auto";
  std::vector<double> loss_weights;
  double clip_norm = 0, clip_value = 0;
  int64_t local_steps = 0;  // of --sync local:H
  double outer_lr = 1, outer_momentum = 0;
  std::string wire = "f32";
  bool error_feedback = false;

  void add_to(CLI::App& command);
  // Throws AttrError where a text is not KIND or KIND:name=value,...
  Json spec() const;
};

// Throws one sentence when the spec has a kind or attribute that is not there, or when model, data
// and loss do not belong together.
void check_spec(const Json& spec, const std::string& model, const Block& rows);

}  // namespace firesteel::cli
