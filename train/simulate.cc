// SPDX-License-Identifier: Apache-2.0
#include "train/simulate.h"

#include <algorithm>
#include <cmath>

#include "core/names.h"
#include "nn/plan.h"
#include "train/buckets.h"
#include "train/spec.h"

namespace firesteel {
namespace {

constexpr Names<3> kSchemes = {"p2p", "blockmanager", "driver"};
constexpr double kBroadcastBlock = 4 << 20;  // bytes; spark.broadcast.blockSize
constexpr double kResults =
    4;  // that the driver takes from tasks at a time; spark.resultGetter.threads
constexpr double kForward = 1.0 / 3;  // of the time of forward and backward

// The slowest of so many workers: about the largest of as many normally distributed numbers.
double slowest(const ClusterConstants& c, int workers) {
  return c.compute * (1 + c.jitter * std::sqrt(2 * std::log(std::max(1, workers))));
}

// Work of all workers at the same time, and of the driver: they wait for each other where they share cores.
double busy(const ClusterConstants& c, int workers, double of_worker, double of_driver = 0) {
  double alone = std::max(of_worker, of_driver);
  if (c.shared_cores <= 0) return alone;
  return std::max(alone, (workers * of_worker + of_driver) / c.shared_cores);
}

// A worker's, for what it sends and as much that it gets.
double handling(const ClusterConstants& c, double bytes, double messages) {
  return 2 * bytes * c.per_byte + 2 * messages * c.per_message;
}

// One exchange in which every worker sends and gets `bytes` in `messages` to and from others.
double exchange(const ClusterConstants& c, int workers, double bytes, double messages) {
  return std::max(bytes / c.bandwidth, busy(c, workers, handling(c, bytes, messages))) + c.latency;
}

SimulatedIteration p2p(const std::vector<TimedBucket>& buckets, const ClusterConstants& c,
                       int workers, double group) {
  double forward = slowest(c, workers) * kForward, backward = slowest(c, workers) - forward;
  double numbers = 0;
  for (const TimedBucket& bucket : buckets) numbers += bucket.bytes / sizeof(float);
  bool all = updates_all(static_cast<int64_t>(numbers), workers, FitSpec{}.sharded_from);
  double others = workers - 1, sent = all ? others : others / workers;
  std::vector<double> there(buckets.size(), 0.0);
  double start = 0, line = 0, step = 0;
  // The second iteration's forward overlaps with the first one's all_gather; later ones are the same.
  for (int iteration = 0; iteration < 4; ++iteration) {
    std::vector<size_t> by_read(buckets.size());
    for (size_t b = 0; b < buckets.size(); ++b) by_read[b] = b;
    std::ranges::sort(by_read, {}, [&](size_t b) { return buckets[b].read; });
    double delay = 0;
    for (size_t b : by_read) {
      delay = std::max(delay, there[b] - (start + buckets[b].read * forward));
    }
    double turn = start + forward + delay, end = turn + backward;
    // In the order in which they are final.
    std::vector<size_t> by_final = by_read;
    std::ranges::stable_sort(by_final, {}, [&](size_t b) { return buckets[b].final; });
    for (size_t b : by_final) {
      line = std::max(line, turn + buckets[b].final * backward);
      line += exchange(c, workers, sent * buckets[b].bytes, others);
    }
    for (size_t b = 0; b < buckets.size(); ++b) {
      if (!all) line += exchange(c, workers, sent * buckets[b].bytes, others);
      there[b] = line;
    }
    // A job ends when all parameters are everywhere.
    double next = group > 1 ? end : std::max(end, line);
    step = next - start;
    start = next;
  }
  return {step, step - c.compute, 0};
}

}  // namespace

SyncScheme sync_scheme_from(std::string_view name) {
  return value_of<SyncScheme>(name, kSchemes, "sync");
}

std::vector<TimedBucket> timed_buckets(const Model& model) {
  auto buckets = make_buckets(model.table);
  Env env;
  PackedParams packed(env, model.values.data());
  auto plan = compile(model.graph, model.table, 1, env, packed);
  plan->divide(buckets);
  auto times = plan->part_times(buckets.size());
  std::vector<TimedBucket> timed;
  for (size_t b = 0; b < buckets.size(); ++b) {
    timed.push_back(
        {static_cast<double>(buckets[b].size()) * sizeof(float), times[b].read, times[b].final});
  }
  return timed;
}

SimulatedIteration simulate(const std::vector<TimedBucket>& buckets, const ClusterConstants& c,
                            SyncScheme scheme, int workers, double group) {
  double launch = c.job + workers * c.task + busy(c, workers, c.start);
  // Behind the first iteration of the group (train/engine_head_start.cc), but where each has a job.
  double unhidden = group > 1 ? std::max(0.0, launch - c.compute) / group : launch;
  if (workers == 1) return {c.compute, 0, unhidden};
  if (scheme == SyncScheme::p2p) {
    SimulatedIteration one = p2p(buckets, c, workers, group);
    one.schedule = unhidden;
    return one;
  }
  double bytes = 0;
  for (const TimedBucket& bucket : buckets) bytes += bucket.bytes;
  double others = workers - 1, sync = slowest(c, workers) - c.compute;
  if (scheme == SyncScheme::blockmanager) {
    // Gradients to their owners, parameters from them, in two jobs. One slice after the other is asked for,
    // waited for and read.
    double moved = bytes * others / workers;
    double work = busy(c, workers, handling(c, moved, others));
    sync += 2 * (moved / c.bandwidth + work + others * c.latency);
    return {c.compute + sync, sync, 2 * launch};
  }
  // The driver's link carries everybody's gradients; each is taken whole, and then read.
  double links = c.driver_bandwidth > 0 ? c.driver_bandwidth : c.bandwidth;
  double taken = std::ceil(workers / kResults) * bytes / c.bandwidth;
  sync += std::max(taken, workers * bytes / links) +
          busy(c, workers, bytes * c.per_byte, workers * bytes * c.per_byte);
  // Parameters go from worker to worker in blocks, each of them in a tree, one behind the other.
  double blocks = std::max(1.0, bytes / kBroadcastBlock);
  double rounds = 1 + std::log2(workers) / blocks;
  sync += std::max(rounds * bytes / c.bandwidth,
                   busy(c, workers, 2 * bytes * c.per_byte, bytes * c.per_byte));
  sync += c.latency * std::log2(workers);
  return {c.compute + sync, sync, launch};
}

ClusterConstants fit_constants(const std::vector<TimedBucket>& buckets, ClusterConstants start,
                               const std::vector<MeasuredIteration>& measured) {
  auto difference = [&](const ClusterConstants& c) {
    double sum = 0;
    for (const MeasuredIteration& m : measured) {
      ClusterConstants own = c;
      if (m.bandwidth > 0) own.bandwidth = m.bandwidth;
      SimulatedIteration s = simulate(buckets, own, m.scheme, m.workers, m.group);
      double whole = m.took.step + m.took.schedule;
      double step = (s.step - m.took.step) / whole, by = (s.schedule - m.took.schedule) / whole;
      sum += step * step + by * by;
    }
    return sum;
  };
  std::vector<double ClusterConstants::*> free = {
      &ClusterConstants::compute, &ClusterConstants::per_byte, &ClusterConstants::per_message,
      &ClusterConstants::job,
      // What a further task adds is the driver's work, unless its worker's is on the same cores.
      start.shared_cores > 0 ? &ClusterConstants::start : &ClusterConstants::task};
  // One constant after the other, up and down by factors that become smaller; with pairs also while another
  // one that could make up for it goes the other way.
  constexpr double kWorthwhile = 1 - 1e-4;
  auto descend = [&](ClusterConstants c, bool pairs, double* best) {
    *best = difference(c);
    for (double factor = 2; factor > 1.0005;) {
      bool better = false;
      for (auto constant : free) {
        for (auto other : free) {
          if (other != constant && !pairs) continue;
          for (double by : {factor, 1 / factor}) {
            ClusterConstants tried = c;
            tried.*constant *= by;
            if (other != constant) tried.*other /= by;
            double found = difference(tried);
            if (found >= kWorthwhile * *best) continue;
            *best = found;
            c = tried;
            better = true;
          }
        }
      }
      if (!better) factor = std::sqrt(factor);
    }
    return c;
  };
  // Work for bytes and for messages make up for each other, so there is more than one valley.
  double least = 0;
  ClusterConstants nearest = descend(start, false, &least);
  for (double per_byte = 1e-11; per_byte < 1e-7; per_byte *= 4) {
    for (double per_message = 1e-6; per_message < 1e-2; per_message *= 4) {
      ClusterConstants from = start;
      from.per_byte = per_byte;
      from.per_message = per_message;
      double found = 0;
      ClusterConstants tried = descend(from, false, &found);
      if (found < least) {
        least = found;
        nearest = tried;
      }
    }
  }
  return descend(nearest, true, &least);
}

}  // namespace firesteel
