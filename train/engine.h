// SPDX-License-Identifier: Apache-2.0
// Engine: the training loop of one worker. Threads compute micro-batches, their gradients are
// summed over threads and workers, each worker updates the slice of the parameters that it owns,
// and all get the result. One process alone is the case of one worker.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/collective.h"
#include "core/function_ref.h"
#include "core/threads.h"
#include "core/zeroed.h"
#include "train/exchange.h"
#include "train/holdings.h"
#include "train/joint.h"
#include "train/param_groups.h"
#include "train/replica.h"
#include "train/sampler.h"
#include "train/shards.h"
#include "train/spec.h"
#include "train/squares.h"

namespace firesteel {

// Seconds of this worker, summed over steps.
struct Times {
  double loop = 0;     // the whole of the steps
  double compute = 0;  // forward, backward, summing, updating
  double sync = 0;     // waiting for peers, where that is not hidden behind computing
};

struct StepsReport {
  Result result = Result::success();
  int64_t steps = 0;
  int64_t samples = 0;
  double loss = 0;  // mean over the samples of these steps
  std::vector<double> metrics;  // figures of those measured in training, in the order of the spec
  Times times;
  int64_t dropped = 0;  // samples that this worker left out
};

// Which part of the sums and updates is one worker's.
struct Share {
  int rank = 0, size = 1;
};

class Engine {
 public:
  // The model must know its input shape. state: as written by checkpoint(); empty: from step 0.
  Engine(Model model, FitSpec spec, int threads);
  ~Engine();

  const FitSpec& spec() const { return spec_; }
  const Model& model() const { return model_; }
  // The model to use: the average of parameters over steps where the fit keeps one, the best one known where
  // the optimizer tries others, else model(). Where workers have parts of the state, after collect() here.
  Model fitted() const;
  bool has_all_state() const { return holdings_.whole() || collected_; }
  // An epoch's results, for a schedule or trigger that watches them; those of the same step take their place.
  void observe(const Observation& seen);
  const std::vector<Observation>& observed() const { return observed_; }
  Shards& shards() { return shards_; }
  int64_t next_step() const { return next_step_; }
  // Of the iteration before the next one, whatever its optimizer makes of it.
  double learning_rate() const {
    return spec_.optimizer->base_lr() * lr_factor(std::max<int64_t>(0, next_step_ - 1));
  }
  // A line for the user about what this machine does otherwise than asked; mostly empty.
  const std::string& note() const { return note_; }
  // A micro-batch that could not be done within so many seconds of an iteration's beginning, as those before it took, is
  // left out; 0: none is. From now on, but each thread computes one.
  void drop_after(double seconds) { drop_after_ = seconds; }
  // When micro-batches were done since, in seconds of their iterations, or would have been: some of them.
  std::vector<double> take_leaf_ends() { return std::exchange(leaf_ends_, {}); }
  // In mode automatic the first steps that follow find out how to divide them.
  void set_threads(int threads);
  const ThreadPlanner& threads() const { return planner_; }

  // Runs steps [next_step, next_step + count) on the lanes of `part`. When a peer is lost the
  // state is that of before the call. stop is looked at between steps. head_start: the step after these
  // is computed in the background, for a next call with the same part and peers, which takes it over.
  StepsReport run(int64_t count, const Assignment& part, Collective& peers,
                  const std::atomic<bool>* stop = nullptr, bool head_start = false);
  // One step for measurements: nothing to go back to is kept.
  void run_without_boundary(const Assignment& part, Collective& peers);
  // Makes `first_step` the next step on all workers, for which each tells all others its standing():
  // what it has of that boundary's state, after going back to the former boundary where that is it.
  // settle() then takes what this worker lacks and is to have from the others. *found = false when a
  // part of the state is on none of them.
  std::string standing(int64_t first_step);
  Result settle(int64_t first_step, std::span<const std::string> standings, Collective& peers,
                bool* found);
  // After run(): rank `root` takes the optimizer's whole state from the others, for its checkpoint().
  Result collect(int root, Collective& peers);

  // Iterations in pieces, where Spark carries the numbers (train/engine_carried.cc). Between
  // begin_carried() and end_carried(), all workers do for each iteration, with the same bits as run():
  //   compute_carried, carried_gradients of every worker's share,
  //   sum_carried of what all have of this worker's share, update_carried of all squares,
  //   take_parameters of all updates.
  // At the end everybody takes all optimizer states. settle() undoes what did not come to end_carried().
  void begin_carried();
  double compute_carried(const Assignment& part, int rank, const std::atomic<bool>* stop);
  std::string carried_gradients(Share of) const;
  std::string sum_carried(std::span<const std::string_view> packed, Share own);
  std::string update_carried(std::span<const std::string_view> all_squares, Share own);
  void take_parameters(std::span<const std::string_view> slices);
  std::string carried_optimizer(Share of) const;
  void take_optimizer(std::span<const std::string_view> slices);
  StepsReport end_carried();

  // The whole state at this boundary, bit for bit, where this worker has it; and back.
  std::string checkpoint() const;
  void restore(std::string_view checkpoint, const std::string& where);
  // Whether a model file is one.
  static bool is_checkpoint(std::string_view file);
  // Throws FormatError unless it is a checkpoint as it was written.
  static void check_checkpoint(std::string_view file, const std::string& where);
  // The results of epochs that a checkpoint knows, and a checkpoint that knows these.
  static std::vector<Observation> observed_in(std::string_view file);
  static std::string with_observed(std::string_view file, const std::vector<Observation>& observed);

 private:
  struct State {
    int64_t step = -1;
    std::vector<float> values;
    std::vector<ZeroedFloats> optimizer;
    std::vector<double> numbers;
    Holdings holdings;
  };
  struct Leaf {
    int64_t index;
    std::vector<SampleRef> samples;
  };

  // Whether threads that compute are to leave off.
  struct Halt {
    std::atomic<const Collective*> peers{nullptr};
    std::atomic<const std::atomic<bool>*> stop{nullptr};
    std::atomic<bool> dropped{false};
    bool asked() const;
  };
  struct Computed {
    Result result = Result::success();
    double waited = 0;  // seconds that a thread waited for peers
    double early = 0;  // seconds of the step before the group that it belongs to
    int64_t dropped = 0;  // samples that were left out
    std::vector<double> leaf_ends;  // with drop_slowest: when leaves were done, or would have been
  };
  // A step whose gradients are computed before the group that it belongs to (engine_head_start.cc).
  struct HeadStart {
    int64_t step;
    Assignment part;
    int rank, size;
    std::vector<Leaf> leaves;
    BucketSums* sums = nullptr;
    Halt halt;
    std::chrono::steady_clock::time_point began, ended;
    Computed computed;
    std::exception_ptr error;
    std::thread thread;
  };
  class Watch;

  Exchange::Work exchange_work();
  std::vector<Leaf> leaves_of(int64_t step, const Assignment& part, int rank);
  // Of all workers.
  std::vector<SampleRef> samples_of(int64_t step);
  // The row of a shard that is here.
  SampleRef drawn(SampleRef sample) const;
  // The sums of the leaves' gradients.
  Computed compute(int64_t step, const std::vector<Leaf>& leaves, Collective& peers,
                   BucketSums& bucket_sums, const Halt& halt);
  void compute_leaves(size_t thread, int64_t step, std::span<const Leaf* const> leaves,
                      Watch& watch, BatchSums* sums);
  // Loss, metrics and rows of a leaf.
  void measure(Plan& plan, const Leaf& leaf, const std::byte* row_labels,
               std::vector<double>* scalars);
  void compute_leaf(Replica& replica, int64_t step, const Leaf& leaf, Watch& watch,
                    BatchSums* sums);
  // A thread for each of so many micro-batches.
  void keep_step(size_t leaves);
  void divide_threads();
  void planned_step(double seconds);
  Result one_step(const Assignment& part, Collective& peers, const std::atomic<bool>* stop,
                  Times* times);
  BucketSums* begin_sums(int64_t step, int workers);
  // Local SGD (engine_local.cc).
  bool local() const { return spec_.local_steps > 0; }
  bool exchanges(int workers) const { return workers > 1 && !local(); }
  Result begin_local(Collective& peers);
  // After a step; ends: it is the group's last.
  Result end_local(int64_t step_of_group, bool ends, Collective& peers);
  Result outer_step(Collective& peers, double weight, double* all);
  void count_rows(const std::vector<double>& sums);
  Result average_states(Collective& peers, double weight, double all);
  void outer_update(Slice part, const float* went, double all);
  // Sums over rows go through the same peers while others compute, and little has nothing to overlap.
  bool in_background() const { return !lockstep_ && exchange_->divides(); }
  void begin_head_start(const Assignment& part, const Collective& peers);
  bool is_head_start(const Assignment& part, const Collective& peers) const;
  Computed take_head_start(Collective& peers, const std::atomic<bool>* stop);
  void drop_head_start();
  Result drain(Times* times);
  void count_totals(StepsReport* report) const;
  void summed(int64_t step, const std::vector<double>& scalars);
  // The update (engine_update.cc); gradients: of the slice, as sums. Where it meets(), all slices
  // of a step begin_update(), which adds what this worker has to say, and meet() what all have said.
  void begin_update(int64_t step, size_t bucket, Slice part, float* gradients,
                    const std::vector<double>& scalars, std::string* said);
  void meet(int64_t step, const std::vector<double>& scalars,
            std::span<const std::string_view> said);
  void update(int64_t step, Slice slice, float* gradients, const std::vector<double>& scalars);
  void update_alone();
  bool meets() const { return joint_ || squares_.any(); }
  // Likewise with a joint optimizer (engine_joint.cc).
  JointCount joint_count() const;
  void say(int64_t step, size_t bucket, Slice part, float* gradients,
           const std::vector<double>& scalars, std::string* said);
  void decide(int64_t step, const std::vector<double>& scalars,
              std::span<const std::string_view> said);
  void rest(Model* model) const;
  std::vector<Squares> wanted_squares() const;
  bool finishes_early(const ParamRule& rule) const;
  FitTime time_of(int64_t step) const;
  double lr_factor(int64_t step) const;
  // values: the flat buffer; gradients: of the part.
  Update update_of(int64_t step, double factor, size_t param, Slice part, float* values,
                   float* gradients) const;
  void change(int64_t step, Slice part, FunctionRef<void(Slice)> to_new);
  // The boundary's state: kept, so that it can be come back to.
  void keep();
  void go_back();
  // Who has copies of whose slices at a boundary.
  std::vector<std::vector<int>> guards(const Collective& peers) const;
  // Gives the workers that guard this one's slices their new state.
  Result replicate(Collective& peers);
  std::vector<ZeroedFloats> zeroed_states() const;
  // Those of optimizers; after them comes that of the outer optimizer, or of the averages.
  size_t inner_states() const { return spec_.states(); }
  const ZeroedFloats& averages() const { return optimizer_.back(); }
  // Whether it is about the model's state too, not only about what is trained.
  bool follows_state(size_t s) const { return spec_.ema_decay > 0 && s + 1 == optimizer_.size(); }
  void copy_parts(const std::vector<ZeroedFloats>& from, const Holdings& parts,
                  const std::vector<ZeroedFloats>& to) const;

  Model model_;
  FitSpec spec_;
  std::vector<ParamRule> rules_;  // by parameter
  SquareCells squares_;
  const JointOptimizer* joint_;  // the fit's optimizer, or null
  CellSums cells_;
  std::vector<double> numbers_;  // of it
  std::atomic<double> drop_after_{0};
  std::vector<double> leaf_ends_;
  int64_t dropped_ = 0;  // samples, since run()
  Sampler sampler_;
  Shards shards_;
  std::vector<SampleRef> ahead_;  // of ahead_step_, where shards are in files
  int64_t ahead_step_ = -1;
  int threads_ = 0;
  ThreadPlanner planner_{1, 1, ThreadMode::split, false};
  bool lockstep_;  // micro-batches compute at the same time (train/lockstep.h)
  size_t leaves_ = 1;  // then: so many
  bool fixed_lanes_;  // micro-batches are the spec's, not cut for this machine
  std::string note_;
  Env env_;
  PackedParams packed_;
  std::shared_ptr<BufferPool> pool_;
  std::unique_ptr<Crew> crew_;
  std::vector<std::unique_ptr<Replica>> replicas_;
  std::vector<ZeroedFloats> optimizer_;  // states, as long as the flat buffer
  Holdings holdings_;  // of them at the boundary
  bool collected_ = false;  // all of them are here nevertheless
  std::unique_ptr<Exchange> exchange_;
  BucketSums alone_;  // of a worker without peers
  std::vector<float> gradient_;  // its sum, where that is not in one node
  StepsReport totals_;  // sums over rows since run() or begin_carried()
  StepsReport own_;  // local SGD: of this worker since the outer step
  int64_t own_steps_ = 0;
  std::vector<float> base_;  // parameters after it
  std::vector<float> packet_, sum_;  // numbers on their way to it
  bool carried_ = false;  // between begin_carried() and end_carried()
  std::vector<double> carried_scalars_;
  SquareSums sums_;  // of the step that is updated
  double clip_ = 1;
  std::vector<Observation> observed_;  // by step
  int64_t next_step_ = 0;
  State former_;  // the boundary before this one
  std::unique_ptr<HeadStart> head_start_;
};

}  // namespace firesteel
