// SPDX-License-Identifier: Apache-2.0
#include "train/engine.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>

#include "train/lockstep.h"
#include "train/outputs_loss.h"

namespace firesteel {
namespace {

using Clock = std::chrono::steady_clock;
double seconds(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

// Scalars that are summed with the gradients: loss sum, normaliser, rows, then (sum, count) of
// every metric.
enum Scalar : size_t { kLoss, kNormaliser, kRows, kMetrics };

// Without fixed lanes a leaf is a thread of a worker.
constexpr int64_t kMostThreads = 1024;

}  // namespace

Engine::Engine(Model model, FitSpec spec, int threads)
    : model_(std::move(model)),
      spec_(std::move(spec)),
      sampler_(spec_.shard_rows, spec_.batch_size, spec_.seed),
      lockstep_(spec_.sync_batch_norm && model_.graph->couples_rows()),
      // Batch statistics must not depend on the cluster's size either.
      fixed_lanes_(spec_.reproducible || model_.graph->couples_rows()),
      packed_(env_, model_.values.data()),
      pool_(std::make_shared<BufferPool>(model_.table.total())) {
  check_loss_weights(model_, spec_);
  if (!spec_.isa.empty()) cap_isa(spec_.isa);
  env_.recompute = spec_.recompute;
  env_.compute = compute_type(spec_.dtype, &note_);
  optimizer_.assign(static_cast<size_t>(spec_.optimizer->states()),
                    std::vector<float>(model_.values.size(), 0.f));
  set_threads(threads);
}

void Engine::set_threads(int threads) {
  require<AttrError>(threads > 0 && threads < kMostThreads, "threads: must be from 1 to ",
                     kMostThreads - 1, ", got ", threads);
  if (threads == threads_) return;
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

std::vector<Engine::Leaf> Engine::leaves_of(int64_t step, const Assignment& part, int rank) {
  std::vector<Leaf> leaves;
  auto samples = sampler_.step(step);
  if (fixed_lanes_) {
    for (int lane = part.lane_begin; lane < part.lane_end; ++lane) leaves.push_back({lane, {}});
    for (const SampleRef& sample : samples) {
      int lane = spec_.lane_of(sample.shard);
      if (lane < part.lane_begin || lane >= part.lane_end) continue;
      leaves[static_cast<size_t>(lane - part.lane_begin)].samples.push_back(sample);
    }
    return leaves;
  }
  std::erase_if(samples, [&](const SampleRef& sample) {
    return sample.shard < part.shard_begin || sample.shard >= part.shard_end;
  });
  size_t threads = replicas_.size(), n = samples.size();
  for (size_t t = 0; t < threads; ++t) {
    auto begin = samples.begin() + static_cast<int64_t>(n * t / threads);
    auto end = samples.begin() + static_cast<int64_t>(n * (t + 1) / threads);
    leaves.push_back({rank * kMostThreads + static_cast<int64_t>(t), {begin, end}});
  }
  return leaves;
}

void Engine::compute_leaf(Replica& replica, int64_t step, const Leaf& leaf, BatchSums* sums) {
  std::vector<double> scalars(kMetrics + 2 * spec_.metrics.size(), 0.0);
  auto rows = static_cast<int64_t>(leaf.samples.size());
  if (rows == 0) return replica.sums.add_leaf(leaf.index, scalars, false);
  Plan& plan = replica.filled_plan(
      rows, rows, [&](float* x) { shards_.gather(leaf.samples, x, &replica.labels); });
  replica.samples.clear();
  for (const SampleRef& s : leaf.samples) {
    replica.samples.push_back(sampler_.first_row(s.shard) + s.row);
  }
  plan.forward({.seed = spec_.seed,
                .step = step,
                .samples = replica.samples,
                .lengths = replica.lengths,
                .sums = sums});
  const Block& block = shards_.block(leaf.samples[0].shard);
  Labels labels{block.y_dtype, block.y_shape, replica.labels.data()};
  auto loss = loss_of_outputs(*spec_.loss, spec_.loss_weights, plan, labels);
  scalars[kLoss] = loss.sum;
  scalars[kNormaliser] = loss.normaliser;
  scalars[kRows] = static_cast<double>(rows);
  for (size_t m = 0; m < spec_.metrics.size(); ++m) {
    auto sum = spec_.metrics[m]->measure(plan.output_shape(),
                                         static_cast<const float*>(plan.output()), labels);
    scalars[kMetrics + 2 * m] = sum.sum;
    scalars[kMetrics + 2 * m + 1] = sum.count;
  }
  plan.backward(replica.sums.next_buffer());
  replica.sums.add_leaf(leaf.index, std::move(scalars));
}

Result Engine::compute(int64_t step, std::vector<Leaf> leaves, Collective& peers,
                       std::span<const Partial>* nodes) {
  size_t total = 0;
  std::vector<int64_t> with_rows;              // for the lockstep
  std::vector<size_t> part_of(leaves.size());  // of with_rows
  for (size_t i = 0; i < leaves.size(); ++i) {
    total += leaves[i].samples.size();
    part_of[i] = with_rows.size();
    if (lockstep_ && !leaves[i].samples.empty()) with_rows.push_back(leaves[i].index);
  }
  if (lockstep_) keep_step(leaves.size());
  Lockstep lockstep(peers, std::move(with_rows));
  // Each thread takes a run of leaves with its share of the samples.
  std::vector<size_t> thread_of(leaves.size());
  size_t before = 0, threads = replicas_.size();
  for (size_t i = 0; i < leaves.size(); ++i) {
    size_t middle = 2 * before + leaves[i].samples.size();
    thread_of[i] = lockstep_    ? i
                   : total == 0 ? 0
                                : std::min(threads - 1, middle * threads / (2 * total));
    before += leaves[i].samples.size();
  }
  crew_->run([&](int t) {
    auto thread = static_cast<size_t>(t);
    replicas_[thread]->sums.clear();
    try {
      for (size_t i = 0; i < leaves.size(); ++i) {
        if (thread_of[i] != thread) continue;
        BatchSums* sums =
            lockstep_ && !leaves[i].samples.empty() ? &lockstep.part(part_of[i]) : nullptr;
        compute_leaf(*replicas_[thread], step, leaves[i], sums);
      }
    } catch (const Lockstep::Stopped&) {
      return;  // the thread that failed has told the lockstep why
    } catch (...) {
      if (!lockstep_) throw;
      lockstep.stop(std::current_exception());
    }
  });
  if (lockstep_ && total == 0) lockstep.attend(2 * model_.graph->coupling_layers());
  if (lockstep.error()) std::rethrow_exception(lockstep.error());
  if (!lockstep.result().ok()) return lockstep.result();
  TreeAccumulator& all = replicas_[0]->sums;
  for (size_t t = 1; t < threads; ++t) all.append(replicas_[t]->sums);
  *nodes = all.nodes();
  return Result::success();
}

void Engine::update(Slice slice, float* gradients, const std::vector<double>& scalars) {
  auto scale = static_cast<float>(1.0 / scalars[kNormaliser]);
  auto rows = static_cast<float>(scalars[kRows]);
  auto lr = spec_.optimizer->base_lr() * spec_.schedule->factor(next_step_, spec_.iterations);
  for (const Param& p : model_.table.params()) {
    int64_t begin = std::max(p.offset, slice.begin);
    int64_t end = std::min(p.offset + p.size, slice.end);
    if (begin >= end) continue;
    float* values = model_.values.data() + begin;
    float* gradient = gradients + (begin - slice.begin);
    int64_t count = end - begin;
    if (p.spec.state) {
      for (int64_t i = 0; i < count; ++i) {
        values[i] += p.spec.momentum * (gradient[i] / rows - values[i]);
      }
      continue;
    }
    for (int64_t i = 0; i < count; ++i) gradient[i] *= scale;
    Update u{values, gradient, {}, count, static_cast<float>(lr), next_step_, p.spec.decay};
    for (size_t s = 0; s < optimizer_.size(); ++s) u.states[s] = optimizer_[s].data() + begin;
    spec_.optimizer->update(u);
  }
}

Result Engine::one_step(const Assignment& part, Collective& peers, StepsReport* report) {
  auto start = Clock::now();
  std::span<const Partial> nodes;
  auto leaves = leaves_of(next_step_, part, peers.rank());
  Result result = compute(next_step_, std::move(leaves), peers, &nodes);
  if (!result.ok()) return result;
  int64_t count = model_.table.total();
  Slice slice = slice_of(count, peers.rank(), peers.size());
  std::vector<double> scalars;
  auto computed = Clock::now();
  float* gradient = nullptr;
  if (peers.size() == 1 && nodes.size() == 1 && nodes[0].data) {
    gradient = replicas_[0]->sums.data();
    scalars = nodes[0].scalars;
  } else {
    gradient_.resize(static_cast<size_t>(slice.size()));
    gradient = gradient_.data();
    result = peers.reduce_scatter(nodes, count, gradient, &scalars);
  }
  if (!result.ok()) return result;
  auto reduced = Clock::now();
  require<SystemError>(std::isfinite(scalars[kLoss]), "iteration ", next_step_ + 1,
                       ": the loss is not a finite number. Lower the learning rate, or look for "
                       "bad values in the data");
  crew_->run([&](int t) {
    auto part = slice_of(slice.size(), t, crew_->size());
    update({slice.begin + part.begin, slice.begin + part.end}, gradient + part.begin, scalars);
  });
  auto updated = Clock::now();
  result = peers.all_gather(model_.values.data(), count);
  if (!result.ok()) return result;
  auto gathered = Clock::now();
  packed_.refresh(*crew_);
  auto end = Clock::now();
  planned_step(seconds(start, computed));

  ++next_step_;
  ++report->steps;
  report->samples += static_cast<int64_t>(scalars[kRows]);
  report->loss += scalars[kLoss] / scalars[kNormaliser] * scalars[kRows];
  report->metrics.resize(2 * spec_.metrics.size());
  for (size_t m = 0; m < report->metrics.size(); ++m) report->metrics[m] += scalars[kMetrics + m];
  double sync = seconds(computed, reduced) + seconds(updated, gathered);
  report->times.loop += seconds(start, end);
  report->times.sync += sync;
  report->times.compute += seconds(start, end) - sync;
  return result;
}

StepsReport Engine::run(int64_t count, const Assignment& part, Collective& peers,
                        const std::atomic<bool>* stop) {
  StepsReport report;
  former_ = state();
  for (int64_t i = 0; i < count && report.result.ok() && !(stop && *stop); ++i) {
    report.result = one_step(part, peers, &report);
  }
  // Every worker holds the whole state at a boundary, so that any survivor is a checkpoint.
  for (auto& buffer : optimizer_) {
    if (!report.result.ok()) break;
    report.result = peers.all_gather(buffer.data(), static_cast<int64_t>(buffer.size()));
  }
  if (!report.result.ok()) use(former_);
  if (report.samples > 0) report.loss /= static_cast<double>(report.samples);
  for (size_t m = 0; m < spec_.metrics.size() && !report.metrics.empty(); ++m) {
    report.metrics[m] = report.metrics[2 * m] / std::max(1.0, report.metrics[2 * m + 1]);
  }
  report.metrics.resize(spec_.metrics.size());
  return report;
}

void Engine::run_without_boundary(const Assignment& part, Collective& peers) {
  StepsReport report;
  one_step(part, peers, &report).throw_if_failed();
}

Engine::State Engine::state() const { return {next_step_, model_.values, optimizer_}; }

void Engine::use(const State& state) {
  next_step_ = state.step;
  std::copy(state.values.begin(), state.values.end(), model_.values.begin());
  optimizer_ = state.optimizer;
  packed_.refresh(*crew_);
}

Result Engine::settle(int64_t first_step, Collective& peers, bool* found) {
  if (next_step_ != first_step && former_.step == first_step) use(former_);
  std::vector<std::string> has;
  Result result = peers.exchange(next_step_ == first_step ? "1" : "0", &has);
  if (!result.ok()) return result;
  std::vector<int> lacking;
  int root = -1;
  for (int r = 0; r < peers.size(); ++r) {
    if (has[static_cast<size_t>(r)] == "0") {
      lacking.push_back(r);
    } else if (root < 0) {
      root = r;
    }
  }
  *found = root >= 0;
  if (!*found || lacking.empty()) return result;
  result = peers.send_to(root, lacking, model_.values);
  for (auto& buffer : optimizer_) {
    if (result.ok()) result = peers.send_to(root, lacking, buffer);
  }
  if (!result.ok()) return result;
  next_step_ = first_step;
  packed_.refresh(*crew_);
  return result;
}

}  // namespace firesteel
