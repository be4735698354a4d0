// SPDX-License-Identifier: Apache-2.0
// Plan: a graph compiled for one batch size. Shapes, layouts and memory are settled; running it
// allocates nothing and creates no primitive.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/collective.h"
#include "nn/graph.h"
#include "nn/packed.h"
#include "nn/params.h"
#include "nn/plan_watch.h"

namespace firesteel {

class Plan {
 public:
  size_t arena_bytes() const { return arena_bytes_; }
  // Sets where the plan's buffers are; 64-byte aligned, at least arena_bytes().
  void bind(void* arena);

  int64_t batch() const { return batch_; }
  // Of the longest row, where the graph's input has padding, else 0.
  int64_t steps() const { return padding_steps_; }
  // Where the i-th input's rows must be before forward: plain, env.dtype. Null where no output depends on it,
  // as its gradient.
  void* input(size_t i = 0) const { return address(inputs_[i]); }
  size_t outputs() const { return outputs_.size(); }
  // Plain; valid from forward until backward or the next forward.
  const void* output(size_t i = 0) const { return address(outputs_[i]); }
  const Shape& output_shape(size_t i = 0) const { return output_shapes_[i]; }
  // Where d loss / d output must be before backward.
  void* output_gradient(size_t i = 0) const { return address(output_gradients_[i]); }
  // d loss / d input after backward, where Env.input_gradients asks for it.
  const void* input_gradient(size_t i = 0) const { return address(input_gradients_[i]); }

  // From now on steps are timed, which costs a little; false: no longer, and forgotten.
  void profile(bool on);
  struct NodeTime {
    std::string name, kind;  // of the node
    double forward = 0, backward = 0;  // seconds of its layer
    double moving = 0;  // reorders of its inputs, sums of its gradients
    double flops = 0;  // of one forward run
  };
  // Since profile(true), in the order of the graph.
  std::vector<NodeTime> times() const;

  // Cuts the flat buffer for those who watch a run. A layer of a training plan never reads state, so
  // nobody is told of that.
  void divide(std::span<const Slice> parts);
  bool divided() const { return divided_; }

  // When parts are read and final, as parts of the operations of forward and of backward.
  struct PartTimes {
    double read = 1, final = 0;
  };
  std::vector<PartTimes> part_times(size_t parts) const;

  // From now on steps compute nothing: all of them together, forward a third of it and backward two,
  // take so many seconds, each its part by its operations. To measure what surrounds them.
  void pace(double seconds);

  // watch: may be null.
  void forward(const BatchContext& batch, PlanWatch* watch = nullptr);
  // grads: a flat buffer in the order of the ParamTable. Overwrites the gradient of every
  // trainable parameter and the contribution to every state; the rest becomes zero.
  void backward(void* grads, PlanWatch* watch = nullptr);

 private:
  friend class PlanBuilder;

  struct Step {
    enum class Kind { forward, backward, recompute, reorder, copy, add, zero, loss } kind;
    int node = -1;  // index into runs_
    std::vector<int> reads;  // buffers
    std::vector<int> writes;  // add: writes[0] += reads
    std::shared_ptr<Reorder> reorder;
    Layout layout = {};  // copy, add, zero: of the values
    int of = -1;  // node of the graph that it is done for
  };
  struct NodeRun {
    const Layer* layer = nullptr;
    double flops = 0;  // of a forward run, with what is fused
    Run run;
    std::vector<int> x, y, dy, dx, saved;  // buffers, -1: none
    std::vector<int> backward_x;  // as x, but for what was recomputed
    int sum = -1, dsum = -1, scratch = -1, backward_scratch = -1;
    std::vector<Slice> params;  // of the flat buffer
  };
  // Before this step the part is read for the first time, or after it its gradients are final.
  struct Event {
    size_t step, part;
  };

  void* address(int buffer) const {
    return buffer < 0 ? nullptr : arena_ + offsets_[static_cast<size_t>(buffer)];
  }
  std::vector<double> shares() const;
  void execute(const Step& step, void* grads);
  void execute(size_t begin, size_t end, void* grads, PlanWatch* watch);
  void execute_watched(size_t begin, size_t end, void* grads, PlanWatch* watch);

  Env env_;
  int64_t batch_ = 0, padding_steps_ = 0;
  std::shared_ptr<const Graph> graph_;  // keeps the layers alive
  std::vector<Step> steps_;
  size_t loss_at_ = 0;  // index of the loss step: forward before it, backward after it
  std::vector<NodeRun> runs_;
  std::vector<size_t> offsets_;
  size_t arena_bytes_ = 0;
  std::byte* arena_ = nullptr;
  std::vector<int> inputs_, input_gradients_, outputs_, output_gradients_;
  std::vector<Shape> output_shapes_;
  std::vector<Slice> gaps_;  // of the flat gradient, which no layer writes
  int64_t trainable_ = 0;  // where state begins in the flat buffer
  bool divided_ = false;
  std::vector<Event> reads_, writes_;  // in the order of their steps
  BatchContext context_;
  std::vector<double> seconds_;  // by step, while profiling
  std::vector<double> paces_;  // by step: how long it takes without computing; empty: it computes
};

// Throws ShapeError when the layers do not fit together. steps: as in Graph::infer(). `packed` must
// outlive the plan.
std::unique_ptr<Plan> compile(std::shared_ptr<const Graph> graph, const ParamTable& table,
                              int64_t batch, const Env& env, PackedParams& packed,
                              int64_t steps = 0);

}  // namespace firesteel
