// SPDX-License-Identifier: Apache-2.0
#include "train/fit_memory.h"

#include <algorithm>

#include "nn/packed.h"
#include "nn/plan.h"

namespace firesteel {
namespace {

int64_t part(int64_t whole, int64_t parts) { return (whole + parts - 1) / parts; }

}  // namespace

FitMemory fit_memory(const Model& model, const FitSpec& spec, int workers, int threads) {
  bool couples = model.graph->couples_rows();
  bool fixed = spec.reproducible || couples, lockstep = spec.sync_batch_norm && couples;
  // As Engine::set_threads() and keep_step() have it.
  int64_t lanes = part(spec.micro_batches, workers);
  int64_t at_once = lockstep ? lanes : fixed ? std::min<int64_t>(threads, lanes) : threads;
  int64_t rows = fixed ? part(spec.batch_size, spec.micro_batches)
                       : part(part(spec.batch_size, workers), threads);
  Env env;
  std::string note;
  env.recompute = spec.recompute;
  env.compute = compute_type(spec.dtype, &note);
  PackedParams packed(env, model.values.data());
  auto plan = compile(model.graph, model.table, rows, env, packed);
  FitMemory found;
  found.rows = rows * at_once;
  found.activations = static_cast<int64_t>(plan->arena_bytes()) * at_once;
  // Values, those at the boundary before, copies in other layouts; gradients of each thread and their sum.
  int64_t copies = 3 + at_once + 1 + 2 * part(static_cast<int64_t>(spec.states()), workers);
  found.model = copies * model.table.total() * static_cast<int64_t>(sizeof(float));
  return found;
}

}  // namespace firesteel
