// SPDX-License-Identifier: Apache-2.0
#include "train/engine.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstring>
#include <utility>

#include "train/lockstep.h"
#include "train/scalars.h"

namespace firesteel {
namespace {

using Clock = std::chrono::steady_clock;
double seconds(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

// Without fixed lanes a leaf is what a thread of a worker computes at a time.
constexpr int64_t kMostThreads = 1024;
// Enough to know a quantile by.
constexpr size_t kMostLeafEnds = 1000;

}  // namespace

// What a thread does where its plan has got to some point.
class Engine::Watch final : public PlanWatch {
 public:
  Watch(int thread, Exchange& exchange, BucketSums& sums, const Halt& halt)
      : thread_(thread), exchange_(exchange), sums_(sums), halt_(halt) {}

  void begin() {
    timed([&] { exchange_.await_reduced(); });
  }
  void hold(std::span<const Partial> nodes) { sums_.hold(thread_, nodes); }
  void finish() { sums_.finish(thread_); }

  void step() override {
    if (halt_.asked()) throw Exchange::Stopped();
    exchange_.check();
  }
  void reads(size_t bucket) override {
    timed([&] { exchange_.await(bucket); });
  }
  void wrote(size_t bucket) override {
    if (last_leaf) sums_.finish(thread_, bucket);
  }

  // Of the next leaf, whether it is too late to begin it.
  bool late(double most) const { return most > 0 && !ends.empty() && elapsed() + longest_ > most; }
  void computed() {
    double now = elapsed();
    longest_ = std::max(longest_, now - (ends.empty() ? 0 : ends.back()));
    ends.push_back(now);
  }
  void left_out(size_t samples) {
    ends.push_back(ends.back() + longest_);  // when it would have been done
    dropped += static_cast<int64_t>(samples);
  }

  std::vector<double> ends;  // of leaves, in seconds
  int64_t dropped = 0;     // samples
  int leaves = 0;          // with rows, of this thread in this step
  bool last_leaf = false;  // is this one
  double waited = 0;       // seconds, for peers

 private:
  template <class Wait>
  void timed(const Wait& wait) {
    auto start = Clock::now();
    wait();
    waited += seconds(start, Clock::now());
  }

  double elapsed() const { return seconds(began_, Clock::now()); }

  int thread_;
  Exchange& exchange_;
  BucketSums& sums_;
  const Halt& halt_;
  Clock::time_point began_ = Clock::now();
  double longest_ = 0;  // of a leaf
};

bool Engine::Halt::asked() const {
  const Collective* with = peers;
  const std::atomic<bool>* asks = stop;
  return dropped || (with && with->failed()) || (asks && *asks);
}

Engine::Engine(Model model, FitSpec spec, int threads)
    : model_(std::move(model)),
      spec_(std::move(spec)),
      rules_(rules_of(model_.table, *spec_.optimizer, spec_.param_groups)),
      squares_(make_buckets(model_.table), model_.table, wanted_squares()),
      joint_(spec_.optimizer->joint()),
      cells_(make_buckets(model_.table)),
      numbers_(joint_ ? joint_->numbers() : 0),
      sampler_(spec_.shard_rows, spec_.step_rows(), spec_.seed, spec_.shard_weights),
      lockstep_(spec_.sync_batch_norm && model_.graph->couples_rows()),
      // Batch statistics must not depend on the cluster's size either.
      fixed_lanes_(spec_.reproducible || model_.graph->couples_rows() || spec_.drop_slowest > 0),
      packed_(env_, model_.values.data()),
      pool_(std::make_shared<BufferPool>(model_.table.total())),
      exchange_(std::make_unique<Exchange>(
          model_, packed_, exchange_work(), spec_.wire, spec_.error_feedback,
          // Where workers decide by sums, they have to have the same ones.
          joint_ ? 0 : spec_.sharded_from)),
      alone_(exchange_->buckets()) {
  spec_.loss.check_outputs(model_);
  if (!spec_.isa.empty()) cap_isa(spec_.isa);
  env_.recompute = spec_.recompute;
  env_.compute = compute_type(spec_.dtype, &note_);
  optimizer_ = zeroed_states();
  set_threads(threads);
}

Engine::~Engine() { drop_head_start(); }

Exchange::Work Engine::exchange_work() {
  Exchange::Work work;
  work.summed = [this](auto&&... of) { summed(of...); };
  if (meets()) {
    work.begin_update = [this](auto&&... of) { begin_update(of...); };
    work.meet = [this](auto&&... of) { meet(of...); };
  }
  work.update = [this](auto&&... of) { update(of...); };
  return work;
}

void Engine::set_threads(int threads) {
  require<AttrError>(threads > 0 && threads < kMostThreads, "threads: must be from 1 to ",
                     kMostThreads - 1, ", got ", threads);
  if (threads == threads_) return;
  drop_head_start();
  threads_ = threads;
  // Threads that have no lane help those that have one.
  int64_t most = fixed_lanes_ ? spec_.micro_batches : threads;
  planner_ = ThreadPlanner(threads, most, spec_.thread_mode, !spec_.reproducible && !lockstep_);
  divide_threads();
}

void Engine::divide_threads() {
  auto replicas = lockstep_ ? leaves_ : static_cast<size_t>(planner_.now().replicas);
  int inside = planner_.now().inside;
  if (lockstep_) inside = std::max(1, threads_ / static_cast<int>(leaves_));
  // The same bits for any number of threads: each micro-batch is one thread's.
  if (spec_.reproducible) inside = 1;
  crew_ = std::make_unique<Crew>(static_cast<int>(replicas), inside);
  if (replicas_.size() > replicas) replicas_.resize(replicas);
  while (replicas_.size() < replicas) {
    replicas_.push_back(
        std::make_unique<Replica>(model_.graph, model_.table, env_, packed_, pool_));
    replicas_.back()->before_compile = [this] { exchange_->await_all(); };
  }
}

void Engine::keep_step(size_t leaves) {
  leaves = std::max<size_t>(1, leaves);
  if (leaves == leaves_) return;
  leaves_ = leaves;
  divide_threads();
}

// A step took so long in this machine.
void Engine::planned_step(double seconds) {
  if (planner_.settled()) return;
  auto before = planner_.now();
  planner_.took(seconds);
  if (planner_.now() == before) return;
  // What was compiled for the former division goes first, lest both are in memory.
  replicas_.clear();
  packed_.clear();
  divide_threads();
}

std::vector<SampleRef> Engine::samples_of(int64_t step) {
  bool known = std::exchange(ahead_step_, -1) == step;
  auto samples = known ? std::move(ahead_) : sampler_.step(step);
  if (shards_.bytes_in_files() > 0) {
    ahead_step_ = step + 1;
    ahead_ = sampler_.step(ahead_step_);
    std::vector<SampleRef> own;
    for (const SampleRef& sample : ahead_) {
      if (shards_.has(sample.shard)) own.push_back(drawn(sample));
    }
    shards_.expect(own);
  }
  return samples;
}

SampleRef Engine::drawn(SampleRef sample) const {
  return sampler_.weighted() ? shards_.drawn(sample) : sample;
}

std::vector<Engine::Leaf> Engine::leaves_of(int64_t step, const Assignment& part, int rank) {
  std::vector<Leaf> leaves;
  auto samples = samples_of(step);
  if (fixed_lanes_) {
    for (int lane = part.lane_begin; lane < part.lane_end; ++lane) leaves.push_back({lane, {}});
    for (const SampleRef& sample : samples) {
      int lane = spec_.lane_of(sample.shard);
      if (lane < part.lane_begin || lane >= part.lane_end) continue;
      leaves[static_cast<size_t>(lane - part.lane_begin)].samples.push_back(drawn(sample));
    }
    return leaves;
  }
  std::erase_if(samples, [&](const SampleRef& sample) {
    return sample.shard < part.shard_begin || sample.shard >= part.shard_end;
  });
  for (SampleRef& sample : samples) sample = drawn(sample);
  // A thread's leaves are below a node of the tree of its own.
  auto each = static_cast<size_t>(spec_.accumulate);
  auto places = static_cast<int64_t>(std::bit_ceil(each));
  size_t parts = replicas_.size() * each, n = samples.size();
  for (size_t i = 0; i < parts; ++i) {
    auto begin = samples.begin() + static_cast<int64_t>(n * i / parts);
    auto end = samples.begin() + static_cast<int64_t>(n * (i + 1) / parts);
    int64_t thread = rank * kMostThreads + static_cast<int64_t>(i / each);
    leaves.push_back({thread * places + static_cast<int64_t>(i % each), {begin, end}});
  }
  return leaves;
}

void Engine::measure(Plan& plan, const Leaf& leaf, const std::byte* row_labels,
                     std::vector<double>* scalars) {
  std::vector<double>& sums = *scalars;
  sums[kRows] = sums[kNormaliser] = static_cast<double>(leaf.samples.size());
  if (spec_.pace_ms > 0) return;
  const Block& block = shards_.block(leaf.samples[0].shard);
  Labels labels{block.y_dtype, block.y_shape, row_labels};
  auto loss = spec_.loss.run(plan, labels);
  sums[kLoss] = loss.sum;
  sums[kNormaliser] = loss.normaliser;
  measure_in_training(spec_.metrics, plan.output_shape(), static_cast<const float*>(plan.output()),
                      labels, std::span(sums).subspan(kMetrics));
}

void Engine::compute_leaf(Replica& replica, int64_t step, const Leaf& leaf, Watch& watch,
                          BatchSums* sums) {
  std::vector<double> scalars(kMetrics + training_sums(spec_.metrics), 0.0);
  auto rows = static_cast<int64_t>(leaf.samples.size());
  bool paced = spec_.pace_ms > 0;  // then rows don't matter
  if (rows == 0 && !paced) return replica.sums.add_leaf(leaf.index, scalars, false);
  auto gather = [&](float* x) { shards_.gather(leaf.samples, x, &replica.labels); };
  Plan& plan = paced ? replica.plan(1) : replica.filled_plan(rows, rows, gather);
  if (!plan.divided()) plan.divide(exchange_->buckets());
  if (paced) plan.pace(1e-3 * spec_.pace_ms / watch.leaves);
  replica.samples.clear();
  for (const SampleRef& s : leaf.samples) {
    replica.samples.push_back(sampler_.first_row(s.shard) + s.row);
  }
  plan.forward({.seed = spec_.seed,
                // For a line search dropout and noise are the same each time.
                .step = joint_ ? 0 : step,
                .samples = replica.samples,
                .lengths = replica.lengths,
                .sums = sums},
               &watch);
  measure(plan, leaf, replica.labels.data(), &scalars);
  float* gradients = replica.sums.next_buffer();
  if (paced) std::fill_n(gradients, model_.table.total(), 0.f);
  if (watch.last_leaf) {
    replica.sums.add_unfinished_leaf(leaf.index, std::move(scalars));
    watch.hold(replica.sums.nodes());
    plan.backward(gradients, &watch);
  } else {
    plan.backward(gradients, &watch);
    replica.sums.add_leaf(leaf.index, std::move(scalars));
  }
}

void Engine::compute_leaves(size_t thread, int64_t step, std::span<const Leaf* const> leaves,
                            Watch& watch, BatchSums* sums) {
  Replica& replica = *replicas_[thread];
  watch.begin();
  replica.sums.clear();
  const Leaf* last = nullptr;
  for (const Leaf* leaf : leaves) {
    if (leaf->samples.empty() && spec_.pace_ms == 0) continue;
    last = leaf;
    ++watch.leaves;
  }
  auto leave_out = [&](const Leaf& leaf) {
    std::vector<double> none(kMetrics + training_sums(spec_.metrics), 0.0);
    replica.sums.add_leaf(leaf.index, std::move(none), false);
    watch.left_out(leaf.samples.size());
  };
  for (const Leaf* leaf : leaves) {
    if (leaf == last) continue;
    if (!leaf->samples.empty() && watch.late(drop_after_)) {
      leave_out(*leaf);
      continue;
    }
    compute_leaf(replica, step, *leaf, watch, sums);
    if (!leaf->samples.empty()) watch.computed();
  }
  if (last && watch.late(drop_after_)) {
    leave_out(*std::exchange(last, nullptr));
  }
  if (last) {
    watch.last_leaf = true;
    compute_leaf(replica, step, *last, watch, sums);
    watch.computed();
  } else {
    watch.hold(replica.sums.nodes());
  }
  watch.finish();
}

Engine::Computed Engine::compute(int64_t step, const std::vector<Leaf>& leaves, Collective& peers,
                                 BucketSums& bucket_sums, const Halt& halt) {
  size_t total = 0;
  std::vector<int64_t> with_rows;  // for the lockstep
  std::vector<size_t> part_of(leaves.size());  // of with_rows
  for (size_t i = 0; i < leaves.size(); ++i) {
    total += leaves[i].samples.size();
    part_of[i] = with_rows.size();
    if (lockstep_ && !leaves[i].samples.empty()) with_rows.push_back(leaves[i].index);
  }
  Lockstep lockstep(peers, std::move(with_rows));
  // Each thread takes a run of leaves with its share of the samples.
  size_t before = 0, threads = replicas_.size();
  std::vector<std::vector<const Leaf*>> of_thread(threads);
  for (size_t i = 0; i < leaves.size(); ++i) {
    size_t middle = 2 * before + leaves[i].samples.size();
    size_t thread = lockstep_    ? i
                    : total == 0 ? 0
                                 : std::min(threads - 1, middle * threads / (2 * total));
    of_thread[thread].push_back(&leaves[i]);
    before += leaves[i].samples.size();
  }
  std::vector<Watch> watches;
  for (size_t t = 0; t < threads; ++t) {
    watches.emplace_back(static_cast<int>(t), *exchange_, bucket_sums, halt);
  }
  std::atomic<bool> stopped{false};
  crew_->run([&](int t) {
    auto thread = static_cast<size_t>(t);
    const auto& own = of_thread[thread];
    bool locked = lockstep_ && !own.empty() && !own[0]->samples.empty();
    BatchSums* sums = locked ? &lockstep.part(part_of[thread]) : nullptr;
    try {
      compute_leaves(thread, step, own, watches[thread], sums);
    } catch (const Lockstep::Stopped&) {
      return;  // the thread that failed has told the lockstep why
    } catch (const Exchange::Stopped&) {
      stopped = true;
      lockstep.stop(nullptr);
    } catch (...) {
      if (!lockstep_) throw;
      lockstep.stop(std::current_exception());
    }
  });
  if (lockstep_ && total == 0) lockstep.attend(2 * model_.graph->coupling_layers());
  if (lockstep.error()) std::rethrow_exception(lockstep.error());
  Computed computed{lockstep.result()};
  for (const Watch& watch : watches) {
    computed.waited = std::max(computed.waited, watch.waited);
    computed.dropped += watch.dropped;
    if (spec_.drop_slowest == 0) continue;
    computed.leaf_ends.insert(computed.leaf_ends.end(), watch.ends.begin(), watch.ends.end());
  }
  if (stopped && computed.result.ok()) {
    computed.result = Result::failure("the iteration was stopped");
  }
  return computed;
}

// Null when an iteration before has failed.
BucketSums* Engine::begin_sums(int64_t step, int workers) {
  int threads = static_cast<int>(replicas_.size());
  if (exchanges(workers)) return exchange_->begin(step, threads);
  alone_.begin(threads, [](size_t) {});
  return &alone_;
}

// What is known of an iteration as soon as its sums are there.
void Engine::summed(int64_t step, const std::vector<double>& scalars) {
  require<SystemError>(std::isfinite(scalars[kLoss]), "iteration ", step + 1,
                       ": the loss is not a finite number. Lower the learning rate, or look for "
                       "bad values in the data");
  StepsReport& into = local() ? own_ : totals_;
  into.samples += static_cast<int64_t>(scalars[kRows]);
  into.loss += scalars[kLoss] * of_mean(scalars) * scalars[kRows];
  into.metrics.resize(training_sums(spec_.metrics));
  for (size_t m = 0; m < into.metrics.size(); ++m) into.metrics[m] += scalars[kMetrics + m];
}

Result Engine::one_step(const Assignment& part, Collective& peers, const std::atomic<bool>* stop,
                        Times* times) {
  auto start = Clock::now();
  bool alone = !exchanges(peers.size());
  Computed own;
  try {
    if (head_start_) {
      own = take_head_start(peers, stop);
    } else {
      auto leaves = leaves_of(next_step_, part, peers.rank());
      if (lockstep_) keep_step(leaves.size());
      BucketSums* sums = begin_sums(next_step_, peers.size());
      if (!sums) return exchange_->drain();
      if (!alone) exchange_->open(peers, in_background());
      Halt halt;
      halt.peers = &peers;
      halt.stop = stop;
      own = compute(next_step_, leaves, peers, *sums, halt);
    }
  } catch (const std::exception& e) {
    exchange_->abandon(Result::failure(e.what(), peers.rank()));
    throw;
  }
  auto computed = Clock::now();
  if (!own.result.ok()) {
    if (peers.failed()) own.result = peers.verdict();
    exchange_->stop(own.result);
    if (local()) peers.abort(own.result.message(), own.result.suspect());
    Result first = exchange_->drain();
    return first.ok() ? own.result : first;
  }
  if (alone) {
    update_alone();
  } else if (!in_background()) {
    exchange_->run();
    own.waited += seconds(computed, Clock::now());
  }
  dropped_ += own.dropped;
  if (leaf_ends_.size() < kMostLeafEnds) {
    leaf_ends_.insert(leaf_ends_.end(), own.leaf_ends.begin(), own.leaf_ends.end());
  }
  double whole = own.early + seconds(start, Clock::now());
  times->loop += own.early;
  times->sync += own.waited;
  times->compute += whole - own.waited;
  if (!planner_.settled()) {
    if (Result result = drain(times); !result.ok()) return result;
    planned_step(whole - own.waited);
  }
  ++next_step_;
  return Result::success();
}

void Engine::update_alone() {
  auto roots = alone_.roots();
  auto scalars = tree_sum_scalars(roots);
  if (scalars.empty() || scalars[kRows] == 0) return;  // in local SGD others may have all rows
  summed(next_step_, scalars);
  int64_t count = model_.table.total();
  float* gradients = alone_.sum();
  if (!gradients) {
    gradient_.resize(static_cast<size_t>(count));
    gradients = gradient_.data();
    crew_->run([&](int t) {
      Slice own = slice_of(count, t, crew_->size());
      std::vector<Partial> nodes(roots.begin(), roots.end());
      for (Partial& node : nodes) node.data = node.data ? node.data + own.begin : nullptr;
      tree_sum(nodes, own.size(), gradients + own.begin);
    });
  }
  if (meets()) {
    const auto& buckets = exchange_->buckets();
    std::vector<std::string> said(static_cast<size_t>(crew_->size()));
    crew_->run([&](int t) {
      for (size_t b = 0; b < buckets.size(); ++b) {
        Slice own = owned(buckets[b], t, crew_->size());
        begin_update(next_step_, b, own, gradients + own.begin, scalars,
                     &said[static_cast<size_t>(t)]);
      }
    });
    meet(next_step_, scalars, std::vector<std::string_view>(said.begin(), said.end()));
  }
  crew_->run([&](int t) {
    Slice own = slice_of(count, t, crew_->size());
    update(next_step_, own, gradients + own.begin, scalars);
  });
  packed_.refresh(*crew_);
}

// Until the parameters of the steps so far are here.
Result Engine::drain(Times* times) {
  auto start = Clock::now();
  Result result = exchange_->drain();
  times->sync += seconds(start, Clock::now());
  return result;
}

// Of the steps so far, as means.
void Engine::count_totals(StepsReport* report) const {
  report->samples = totals_.samples;
  report->loss = totals_.samples > 0 ? totals_.loss / static_cast<double>(totals_.samples) : 0;
  if (totals_.metrics.empty()) return;
  report->metrics = training_figures(spec_.metrics, totals_.metrics);
}

StepsReport Engine::run(int64_t count, const Assignment& part, Collective& peers,
                        const std::atomic<bool>* stop, bool head_start) {
  StepsReport report;
  if (!is_head_start(part, peers)) drop_head_start();
  keep();
  totals_ = {};
  dropped_ = 0;
  auto start = Clock::now();
  int64_t first = next_step_;
  if (local()) {
    report.result = begin_local(peers);
  } else {
    exchange_->start(peers);
  }
  while (next_step_ < first + count && report.result.ok() && !(stop && *stop)) {
    report.result = one_step(part, peers, stop, &report.times);
    if (!local() || !report.result.ok()) continue;
    auto computed = Clock::now();
    report.result = end_local(next_step_ - first, next_step_ == first + count, peers);
    report.times.sync += seconds(computed, Clock::now());
  }
  head_start = head_start && report.result.ok() && next_step_ < spec_.iterations &&
               planner_.settled() && !lockstep_ && !(stop && *stop);
  // Parameters that arrive are those to compute with, unless others come at the group's end.
  bool at_once = head_start && !local() && !exchange_->settles(peers.size());
  if (at_once) {
    begin_head_start(part, peers);
    report.times.loop += seconds(start, Clock::now());
    Times hidden;
    report.result = drain(&hidden);
  } else {
    if (report.result.ok()) report.result = drain(&report.times);
    report.times.loop += seconds(start, Clock::now());
  }
  // A process alone stops between two steps; what it has is sound.
  if (peers.size() == 1 && stop && *stop) report.result = Result::success();
  report.steps = next_step_ - first;
  report.dropped = dropped_;
  count_totals(&report);
  if (report.result.ok() && !local()) report.result = exchange_->finish(peers);
  if (report.result.ok() && head_start && !at_once) begin_head_start(part, peers);
  if (report.result.ok()) report.result = replicate(peers);
  if (!report.result.ok()) go_back();
  return report;
}

void Engine::run_without_boundary(const Assignment& part, Collective& peers) {
  Times times;
  exchange_->start(peers);
  one_step(part, peers, nullptr, &times).throw_if_failed();
  drain(&times).throw_if_failed();
}

}  // namespace firesteel
