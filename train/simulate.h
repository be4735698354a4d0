// SPDX-License-Identifier: Apache-2.0
// What an iteration takes on any number of workers, from constants that were measured on a few: a
// simulation of the rounds of train/exchange.h, and of the jobs of the other ways that numbers go.
#pragma once

#include <string_view>
#include <vector>

#include "nn/model.h"

namespace firesteel {

// How numbers get from worker to worker; "p2p", "blockmanager", "driver".
enum class SyncScheme { p2p, blockmanager, driver };
SyncScheme sync_scheme_from(std::string_view name);  // throws AttrError

// One of make_buckets() in the time of an iteration.
struct TimedBucket {
  double bytes = 0;
  double read = 0;   // part of forward that is over when its parameters are needed
  double final = 1;  // part of backward that is over when its gradients are final
};
// Of a model that knows its input shape, by the operations of its layers.
std::vector<TimedBucket> timed_buckets(const Model& model);

// Seconds, but for parts and bytes.
struct ClusterConstants {
  double compute = 2;         // forward and backward of an iteration on one worker
  double jitter = 0;          // standard deviation of it, as a part of it
  double bandwidth = 1.25e9;  // bytes a second of a worker's link, each way
  double driver_bandwidth = 0;  // of the driver's; 0: the same
  double latency = 1e-4;      // of a message
  double per_byte = 2e-10;    // a worker's work for each byte that it sends or gets
  double per_message = 1e-5;  // and for each message
  double job = 0.05;          // of Spark for a job
  double task = 0.002;        // and of its driver for each task
  double start = 0.02;        // a worker's work to begin and end a task
  double shared_cores = 0;    // > 0: all workers run on so many cores of one machine
};

struct SimulatedIteration {
  double step = 0;      // without scheduling
  double sync = 0;      // of it, not hidden behind computing
  double schedule = 0;  // of Spark, beside it
};

// group: iterations of a Spark job, with p2p; the others have jobs of their own for each.
SimulatedIteration simulate(const std::vector<TimedBucket>& buckets,
                            const ClusterConstants& constants, SyncScheme scheme, int workers,
                            double group);

struct MeasuredIteration {
  SyncScheme scheme = SyncScheme::p2p;
  int workers = 1;
  double group = 1;
  double bandwidth = 0;
  SimulatedIteration took;
};
// The constants of work and scheduling with which the simulation is nearest to what was measured, by
// the squares of relative differences of whole iterations.
ClusterConstants fit_constants(const std::vector<TimedBucket>& buckets, ClusterConstants start,
                               const std::vector<MeasuredIteration>& measured);

}  // namespace firesteel
