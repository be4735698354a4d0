// SPDX-License-Identifier: Apache-2.0
// The worker: one per process. It owns the listening socket and, for every fit that the process
// takes part in, shards, parameters, optimizer state and threads. They live across groups (Spark
// jobs); JNI is a thin layer over these functions, and tests call them directly.
//
// Documents are JSON text. FitSpec (all but shard_rows optional):
//   {"loss": {"kind": "CrossEntropy"}, "optimizer": {"kind": "SGD", "lr": 0.1, "momentum": 0.9},
//    "schedule": {"kind": "Constant"}, "batch_size": 128, "micro_batches": 0, "seed": 1,
//    "reproducible": false, "sync_batch_norm": false, "metrics": [{"kind": "Accuracy"}],
//    "dtype": "f32", "recompute": "cheap", "thread_mode": "auto", "isa": "", "loss_weights": [],
//    "local_steps": 0, "outer_lr": 1, "outer_momentum": 0, "accumulate": 1, "base_batch_size": 0,
//    "ema_decay": 0, "param_groups": [{"match": "fc*", "lr": 10}, ...] (train/param_groups.h),
//    "wire": "f32", "by_host": true, "sharded_from": 65536, "encrypt": false, "error_feedback": false, "clip_norm": 0, "clip_value": 0, "pace_ms": 0,
//    "epochs": 3 or "iterations": 500, "shard_rows": [3750, 3750, ...]}
// Group:
//   {"group": 7, "membership": 2, "rank": 0,
//    "peers": [{"id": "0", "host": "10.0.0.1", "port": 40123}, ...], "lanes": [[0, 8], [8, 16]],
//    "first_step": 120, "steps": 20, "threads": 2, "want_weights_sha256": false, "head_start": true,
//    "form_deadline_ms": 5000, "peer_deadline_ms": 5000}
//   membership must differ from that of every group that was aborted. head_start: the iteration after
//   these is computed between this group and the next. "observed": [[step, {"loss": 0.3, ...}], ...]:
//   all results so far of epochs, where schedule or stop watch some, each known after so many iterations. "want_model": whether
//   model() of rank 0 is wanted; matters with ema_decay and LBFGS.
//   "drop_after_s": seconds of an iteration after which micro-batches are left out, with drop_slowest; 0: never.
// Report:
//   {"status": "ok" | "aborted" | "no_state", "suspect": rank or -1, "reason": "...", "group": 7,
//    "threads": 2, "steps": 20, "samples": 2560, "dropped": those that this worker left out, "loss": mean, "metrics": {"accuracy": 0.97},
//    "lr": the learning rate of the last of the steps,
//    "unreachable": whether the group failed as others' ports could not be connected to,
//    "loop_s": .., "compute_s": .., "sync_exposed_s": .., "bytes_sent": .., "disk_bytes": what of the
//    worker's shards is in files, "weights_sha256": ".."}
//   "leaf_ends_s": when some of its micro-batches were done, in seconds of their iterations, with drop_slowest.
//   "observed": as in a group, where the schedule watches a result; also what a checkpoint knew.
//   Times are this worker's sums over the steps of the group. "no_state": no worker holds the
//   state at first_step; the driver starts again from a state that it has itself.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace firesteel::worker {

// Opens the listening socket on bind_host (port 0: any) or returns the port that is open already.
int start(const std::string& bind_host, int port);

// What this process computes with: {"version", "isa" (that oneDNN uses), "cpu", "cores", "kernels"
// (instruction set of our own loops), "bf16" (see bf16_unit), "onednn"}.
std::string hello();

// Into how many shards to cut the data for a FitSpec; does not depend on the cluster.
int default_shards(const std::string& spec_json);

// Completes a FitSpec once the shards' rows are known, and whether there are test data: {"spec": {...}, "rows", "lanes": M,
// "steps_per_epoch", "needs_norms": whether sum_carried() gives what all workers' update_carried() needs,
// "watched": the results of epochs that "observed" of groups is to have, "stops": whether stops() is to be
// asked after each epoch}.
// Throws AttrError / ShapeError with the sentence for the user.
std::string resolve_fit(const std::string& spec_json, std::string_view model, bool has_tests);

// Whether a fit ends after this step, the last of an epoch. observed: as in a group.
bool stops(const std::string& resolved_spec_json, int64_t step, const std::string& observed);
// Whether the newest of the observed epochs is the best, as checkpoint_best says.
bool is_best(const std::string& resolved_spec_json, const std::string& observed);

// What a state, as of checkpoint() or a model file, knows of epochs, and one that knows this.
std::string observed_in(std::string_view state);
std::string with_observed(std::string_view state, const std::string& observed);

// Which lanes (micro-batches) and shards each of `workers` workers computes:
// [{"lanes": [0, 8], "shards": [0, 8]}, ...], contiguous and balanced by rows.
std::string assign(const std::string& resolved_spec_json, int workers);

// What the fit takes of a worker's memory, in bytes beside its training data, with so many of them and threads of each:
// {"rows": at a time, "activations", "model"}.
std::string memory_of_fit(const std::string& resolved_spec_json, std::string_view model,
                          int workers, int threads);

// Begins a fit, or does nothing when it has begun. `state` is a model file (initial weights,
// step 0) or a checkpoint (any step). key: 32 random bytes shared by the fit's workers.
void begin_fit(const std::string& fit_id, const std::string& resolved_spec_json,
               std::string_view state, const std::string& key);
bool has_fit(const std::string& fit_id);
bool has_shard(const std::string& fit_id, int shard);
// Shards that come when others take so much memory go to files, see train/shards.h:
// {"folders": ["/data1/tmp", ...], "memory": bytes, "encrypt": false}. Throws SystemError.
void spill_shards(const std::string& fit_id, const std::string& place_json);
void add_shard(const std::string& fit_id, int shard, std::string block);

// Runs one group of steps; returns a report. Lost peers are a report, user errors are thrown.
std::string run_group(const std::string& fit_id, const std::string& group_json);

// Makes a running group return "aborted" soon; called from another thread.
void interrupt(const std::string& fit_id, const std::string& reason);

// Groups whose numbers Spark carries, in the pieces of train/engine.h: see begin_carried() there for
// their order. Group as for run_group. begin_carried: false when this worker has not the state at
// first_step; it can be given one as by checkpoint().
bool begin_carried(const std::string& fit_id, const std::string& group_json);
void restore(const std::string& fit_id, std::string_view checkpoint);
// Returns {"compute_s"}.
std::string compute_carried(const std::string& fit_id, const std::string& group_json);
std::string carried_gradients(const std::string& fit_id, int rank, int size);
std::string sum_carried(const std::string& fit_id, const std::vector<std::string>& packed, int rank,
                        int size);
std::string update_carried(const std::string& fit_id, const std::vector<std::string>& squares,
                           int rank, int size);
void take_parameters(const std::string& fit_id, const std::vector<std::string>& slices);
std::string carried_optimizer(const std::string& fit_id, int rank, int size);
void take_optimizer(const std::string& fit_id, const std::vector<std::string>& slices);
// Returns a report without times.
std::string end_carried(const std::string& fit_id, const std::string& group_json);

// The state after the last group that ran to its end: a checkpoint file, or the fitted model alone.
std::string checkpoint(const std::string& fit_id);
std::string model(const std::string& fit_id);

void end_fit(const std::string& fit_id);

// Sums over the rows of a block with the model in inference mode:
// {"rows", "loss_sum", "loss_normaliser", "metrics": {"accuracy": [sum, count]}}. Compiled
// models are kept, so a second block of the same model is cheap.
std::string evaluate(std::string_view model, const std::string& spec_json, std::string_view block,
                     int threads);
// What several evaluations, a JSON list of what evaluate() returned, come to together: {"rows", "loss",
// "accuracy": 0.97}.
std::string figures(const std::string& spec_json, const std::string& evaluations);
// The model's output for every row: f32, rows x numel(output shape), row-major.
std::string predict(std::string_view model, std::string_view block, int threads);

}  // namespace firesteel::worker
