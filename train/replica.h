// SPDX-License-Identifier: Apache-2.0
// Replica: one thread's means to run a model: plans by batch size and one arena for all of them.
#pragma once

#include <list>
#include <memory>

#include "core/buffer.h"
#include "core/reduction.h"
#include "nn/plan.h"

namespace firesteel {

class Replica {
 public:
  Replica(std::shared_ptr<const Graph> graph, const ParamTable& table, const Env& env,
          PackedParams& packed, std::shared_ptr<BufferPool> pool)
      : sums(std::move(pool)),
        graph_(std::move(graph)),
        table_(table),
        env_(env),
        packed_(packed) {}

  // The plan for a batch size and the calling thread's threads(), compiled when it is new: its
  // operations are made for so many. The least recently used is dropped where there are too many.
  Plan& plan(int64_t batch);
  size_t arena_bytes() const { return arena_.bytes(); }

  TreeAccumulator sums;  // gradients of the micro-batches of this thread
  std::vector<int64_t> samples;  // of the batch at hand
  std::vector<std::byte> labels;

 private:
  struct Slot {
    std::unique_ptr<Plan> plan;
    int threads = 1;
    void* bound = nullptr;
  };
  std::shared_ptr<const Graph> graph_;
  const ParamTable& table_;
  Env env_;
  PackedParams& packed_;
  std::list<Slot> slots_;  // most recently used first
  AlignedBuffer arena_;
};

}  // namespace firesteel
