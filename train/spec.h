// SPDX-License-Identifier: Apache-2.0
// What a fit is: parsed from the FitSpec JSON of train/worker.h.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "nn/model.h"
#include "train/fit_loss.h"
#include "train/metric.h"
#include "train/optimizer.h"
#include "train/param_groups.h"
#include "train/schedule_list.h"
#include "train/thread_planner.h"
#include "train/trigger.h"

namespace firesteel {

// "none", "cheap", "segments". Throws AttrError.
Recompute recompute_from(std::string_view name);

struct FitSpec {
  FitLoss loss;
  std::unique_ptr<Optimizer> optimizer;
  std::vector<ParamGroup> param_groups;  // parameters whose updates differ
  ScheduleList schedule;
  int64_t validate_every = 1;  // epochs between evaluations; 0: at the fit's end alone
  std::unique_ptr<Trigger> stop;  // null: the fit goes on to its last iteration
  int64_t checkpoint_keep = 2;  // so many of the newest
  // A result, as "accuracy" or "min:mae": the checkpoint of the epoch where it was best is kept too. Without min: or
  // max: a loss is best where it is lowest, all others where they are highest.
  std::string checkpoint_best;
  std::vector<std::unique_ptr<Metric>> metrics;
  int64_t batch_size = 128;
  int64_t accumulate =
      1;  // so many batches are summed up before an update; together they are one iteration
  // > 0: the learning rate is for this batch size, and grows in proportion to that of an iteration, from
  // the one that is given during the warm-up (Goyal et al., 2017).
  int64_t base_batch_size = 0;
  int64_t micro_batches = 0;  // 0: chosen by resolve
  int64_t epochs = 0;  // iterations, or else epochs, say how long the fit is
  int64_t iterations = 0;
  uint64_t seed = 1;
  bool reproducible = false;
  // Batch statistics of the whole batch, not of each micro-batch.
  bool sync_batch_norm = false;
  Recompute recompute = Recompute::cheap;  // in backward, to save memory
  ThreadMode thread_mode = ThreadMode::automatic;
  DType dtype = DType::f32;  // bf16: products of bf16 where the CPU has them; all else stays f32
  DType wire = DType::f32;  // what gradients and parameters are rounded to between workers
  // Where workers share machines, they add up among themselves before they send to others (sync/hosts.h).
  bool by_host = true;
  // Where a model has fewer parameters, and workers are few, each of them makes the whole update (train/buckets.h).
  int64_t sharded_from = 1 << 16;
  bool encrypt = false;  // what travels between workers
  bool error_feedback = false;  // add to gradients what rounding took from those before
  // > 0: local SGD. Each worker makes so many steps with its own part of the batch, then all take a step
  // of the outer optimizer, whose gradient is the mean of how far they went (train/engine_local.cc).
  int64_t local_steps = 0;
  double outer_lr = 1, outer_momentum = 0;  // of it, Nesterov's; 1 and 0: the mean of parameters
  // > 0: the fitted model has the running mean of parameters over iterations, of which so much is kept.
  double ema_decay = 0;
  // > 0, on Spark: so large a share of micro-batches may be late, and is left out of an iteration where its worker has
  // not begun it by then (Dai et al., BigDL, 2019). The driver finds out how late that is from drop_warmup iterations on, and
  // gives them more time where more than drop_most are left out.
  double drop_slowest = 0, drop_most = 0.2;
  int64_t drop_warmup = 100;
  double clip_norm = 0;  // most L2 norm of an iteration's gradient; 0: any
  double clip_value = 0;  // most size of each of its numbers; 0: any
  // > 0, to measure what surrounds it: instead of computing, each thread of a worker waits so many
  // milliseconds in an iteration (Plan::pace). Gradients are zero.
  double pace_ms = 0;
  std::string isa;  // the instruction set that all workers use; empty: each its best
  std::vector<int64_t> shard_rows;
  std::vector<double> shard_weights;  // sums of rows' weights; empty: every row once an epoch

  // Throws AttrError / FormatError with the sentence for the user.
  static FitSpec parse(std::string_view json);
  std::string json() const;
  // Settles micro_batches and iterations from shard_rows.
  void resolve();
  // Into how many shards to cut the data: a function of this spec, not of the cluster.
  int64_t default_shards() const;
  int64_t rows() const;
  int64_t step_rows() const { return batch_size * accumulate; }  // of an iteration
  double lr_scale() const;
  size_t states() const;  // of the optimizer with the most
  // Whether updates wait for sums over all workers' slices (train/squares.h, train/cell_sums.h).
  bool needs_norms() const;
  // Whether the fitted model is not what the last iteration led to, but follows from the optimizer's state.
  bool fitted_by_state() const { return ema_decay > 0 || optimizer->joint(); }
  int64_t steps_per_epoch() const;
  // Results of epochs that the schedule, or what ends the fit, looks at.
  std::vector<std::string> watched() const;
  // Whether test data are evaluated after this epoch, from 1.
  bool validates(int64_t epoch) const { return validate_every > 0 && epoch % validate_every == 0; }
  // Whether the newest of these epochs has the best result that checkpoint_best asks for.
  bool is_best(const std::vector<Observation>& observed) const;
  // Whether the fit is to end here, after an epoch.
  bool stops(int64_t step, const std::vector<Observation>& observed) const;
  // The micro-batch (lane) whose samples come from this shard.
  int lane_of(int shard) const;
};

// Lanes and shards [begin, end) of one worker.
struct Assignment {
  int lane_begin = 0, lane_end = 0;
  int shard_begin = 0, shard_end = 0;
  bool operator==(const Assignment&) const = default;
};
// Contiguous parts with about the same number of rows.
std::vector<Assignment> assign_lanes(const FitSpec& spec, int workers);
Assignment assignment_of(const FitSpec& spec, int lane_begin, int lane_end);

// Throws AttrError unless the fit's loss, optimizers and groups go with the model.
void check_model(const Model& model, const FitSpec& spec);
// Throws AttrError where the schedule or what ends the fit watches a result that the fit does not have.
void check_watched(const FitSpec& spec, bool has_tests);
// Throws ShapeError unless model, loss, metrics and labels of this row shape belong together.
void check_fit(const Model& model, const FitSpec& spec, const Labels& labels);

}  // namespace firesteel
