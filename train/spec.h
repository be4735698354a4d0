// SPDX-License-Identifier: Apache-2.0
// What a fit is: parsed from the FitSpec JSON of train/worker.h.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "nn/loss.h"
#include "nn/model.h"
#include "train/metric.h"
#include "train/optimizer.h"
#include "train/thread_planner.h"

namespace firesteel {

// "none", "cheap", "segments". Throws AttrError.
Recompute recompute_from(std::string_view name);

struct FitSpec {
  std::unique_ptr<Loss> loss;
  // Of a model's outputs, in their order, all against the same labels; empty: 1 each.
  std::vector<double> loss_weights;
  std::unique_ptr<Optimizer> optimizer;
  std::unique_ptr<Schedule> schedule;
  std::vector<std::unique_ptr<Metric>> metrics;
  int64_t batch_size = 128;
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
  bool error_feedback = false;  // add to gradients what rounding took from those before
  // > 0: local SGD. Each worker makes so many steps with its own part of the batch, then all take a step
  // of the outer optimizer, whose gradient is the mean of how far they went (train/engine_local.cc).
  int64_t local_steps = 0;
  double outer_lr = 1, outer_momentum = 0;  // of it, Nesterov's; 1 and 0: the mean of parameters
  double clip_norm = 0;  // most L2 norm of an iteration's gradient; 0: any
  double clip_value = 0;  // most size of each of its numbers; 0: any
  // > 0, to measure what surrounds it: instead of computing, each thread of a worker waits so many
  // milliseconds in an iteration (Plan::pace). Gradients are zero.
  double pace_ms = 0;
  std::string isa;  // the instruction set that all workers use; empty: each its best
  std::vector<int64_t> shard_rows;

  // Throws AttrError / FormatError with the sentence for the user.
  static FitSpec parse(std::string_view json);
  std::string json() const;
  // Settles micro_batches and iterations from shard_rows.
  void resolve();
  // Into how many shards to cut the data: a function of this spec, not of the cluster.
  int64_t default_shards() const;
  int64_t rows() const;
  int64_t steps_per_epoch() const;
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

// Throws AttrError unless there is one for each output, or none.
void check_loss_weights(const Model& model, const FitSpec& spec);
// Throws ShapeError unless model, loss, metrics and labels of this row shape belong together.
void check_fit(const Model& model, const FitSpec& spec, const Labels& labels);

}  // namespace firesteel
