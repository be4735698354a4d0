// SPDX-License-Identifier: Apache-2.0
// Replica: one thread's means to run a model: plans by batch size and one arena for all of them.
#pragma once

#include <algorithm>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <vector>

#include "core/buffer.h"
#include "core/reduction.h"
#include "nn/plan.h"

namespace firesteel {

class Replica {
 public:
  Replica(std::shared_ptr<const Graph> graph, const ParamTable& table, const Env& env,
          PackedParams& packed, std::shared_ptr<BufferPool> pool);

  // The plan for a batch size and the calling thread's threads(), compiled when it is new: its
  // operations are made for so many. The least recently used is dropped where there are too many.
  // steps: as in Plan::steps(); 0: as many as the model's input has.
  Plan& plan(int64_t batch, int64_t steps = 0);
  // The plan for `batch` rows with the first `rows` of them in its input, as gather(float*) writes
  // them row after row; the others are zero. Where the model's input has padding, `lengths` then say
  // how many steps each row has, and the plan has about as many as the longest.
  template <class Gather>
  Plan& filled_plan(int64_t batch, int64_t rows, const Gather& gather) {
    int64_t width = numel(row_shape_);
    if (!padding_) {
      Plan& plan = this->plan(batch);
      auto* x = static_cast<float*>(plan.input());
      gather(x);
      std::fill(x + rows * width, x + batch * width, 0.f);
      return plan;
    }
    padded_.resize(static_cast<size_t>(batch * width));
    gather(padded_.data());
    return plan_for_padded(batch, rows);
  }
  size_t arena_bytes() const { return arena_.bytes(); }

  TreeAccumulator sums;  // gradients of the micro-batches of this thread
  std::function<void()> before_compile;  // parameters are read then; may be empty
  std::vector<int64_t> samples;  // of the batch at hand
  std::vector<std::byte> labels;
  std::vector<int64_t> lengths;  // see filled_plan()

 private:
  // Rows as the data have them are in padded_.
  Plan& plan_for_padded(int64_t batch, int64_t rows);

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
  std::optional<float> padding_;
  Shape row_shape_;
  std::vector<float> padded_;
};

// Numbers of rows and of steps are filled up to one of a few, lest a plan is compiled for every number
// that comes: all up to 16, then eight between two powers of two.
int64_t bucket_of(int64_t count);

}  // namespace firesteel
