// SPDX-License-Identifier: Apache-2.0
// What `firesteel train` can be told about a fit, as options and as the FitSpec of train/worker.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/block.h"
#include "core/json.h"
#include "nn/models/zoo.h"

namespace CLI {  // NOLINT(readability-identifier-naming)
class App;
}

namespace firesteel::cli {

struct FitOptions {
  std::string loss, optimizer;  // empty: what the named model says, or the usual
  std::vector<std::string> schedules;  // one after the other
  std::vector<std::string> param_groups, metrics;
  std::string stop, checkpoint_best;
  std::optional<double> lr, momentum, weight_decay;
  bool nesterov = false;
  int64_t batch = 128;
  int64_t micro_batches = 0, accumulate = 1, base_batch = 0, validate_every = 1,
          checkpoint_keep = 2;
  double ema_decay = 0;
  double drop_slowest = 0, drop_most = 0.2;
  int64_t drop_warmup = 100;
  uint64_t seed = 1;
  bool reproducible = false;
  bool sync_batch_norm = false;
  std::string dtype = "f32", recompute = "cheap", thread_mode = "auto";
  std::vector<double> loss_weights;
  double clip_norm = 0, clip_value = 0;
  int64_t local_steps = 0;  // of --sync local:H
  double outer_lr = 1, outer_momentum = 0;
  std::string wire = "f32";
  bool error_feedback = false, encrypt = false;

  std::string recipe;  // of train/recipes.h, or empty
  const CLI::App* command = nullptr;  // knows which options were given

  void add_to(CLI::App& command);
  // named: the model, where it is one with a name, which knows its loss, and the optimizer for rows that
  // are made up for it; or null. Without "metrics" where neither options nor the model say which. Throws
  // AttrError where a text is not KIND or KIND:name=value,...
  Json spec(const NamedModel* named, bool made_up) const;

 private:
  // What the recipe says of what no option does.
  void add_recipe(Json* spec) const;
};

// Throws one sentence when the spec has a kind or attribute that is not there, or when model, data
// and loss do not belong together, or the fit looks at results that it won't have.
void check_spec(const Json& spec, const std::string& model, const Block& rows, bool has_tests);

}  // namespace firesteel::cli
