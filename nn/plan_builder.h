// SPDX-License-Identifier: Apache-2.0
// compile(): from a graph to a plan. Layouts flow forward: a layer takes the layout its input comes
// in or asks for another one, and then a reorder is put between. A gradient always has the layout
// of its value. The parts are in plan_forward.cc, plan_backward.cc, plan_segments.cc and
// plan_buffers.cc.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "nn/fusion.h"
#include "nn/memory_plan.h"
#include "nn/plan.h"
#include "nn/segments.h"

namespace firesteel {

class PlanBuilder {
 public:
  PlanBuilder(std::shared_ptr<const Graph> graph, const ParamTable& table, int64_t batch,
              const Env& env, PackedParams& packed, int64_t steps);
  std::unique_ptr<Plan> build();

 private:
  using Step = Plan::Step;
  struct Value {
    int buffer = -1;
    Layout layout;
    std::vector<int> gradients;  // one contribution per reader
    int readers = 0;
  };
  struct Built {
    std::unique_ptr<Prepare> prepare;
    std::vector<int> inputs;  // buffers as the layer reads them
    std::vector<bool> placed;  // inputs that lie in the output
    int run = -1;
    int recomputed = -1;  // buffer with output 0, in backward
  };
  // A buffer that is part of another one.
  struct View {
    int parent = -1;
    size_t offset = 0;  // bytes
  };
  struct InPlace {
    size_t step;
    int from, to;
  };

  // What is used, trained and fused.
  void find_used_nodes();
  void count_readers();
  bool is_head(int n) const { return fusions_.head[static_cast<size_t>(n)] == n; }
  const Fused& fused(int n) const { return fusions_.fused[static_cast<size_t>(n)]; }
  bool wants_gradient(Ref ref) const { return trained_[static_cast<size_t>(ref.node)]; }
  // Where a value is made, fusions considered.
  Value& value(Ref ref);

  // Forward.
  void add_input(int n);
  void add_forward(int n);
  void prepare(int n);
  void add_run(int n);
  void add_params(int n, Run& run, Plan::NodeRun& item);
  const void* folded(int n, size_t param, const Layout& layout);
  void place_inputs(int n);
  void add_outputs();
  void add_loss();

  // Backward.
  void add_backward(int n);
  void add_sum_gradient(int n, Step& step);
  // The buffer that backward finds input i of a node in.
  int backward_input(int n, size_t i);
  // The buffer with the sum of all contributions to a value's gradient.
  int gradient_of(Value& v);
  void contribute(Ref ref, int gradient, const Layout& layout);
  void find_gaps();

  // Segments that are computed again (plan_segments.cc).
  void divide_into_segments();
  size_t position(int n) const { return positions_[static_cast<size_t>(n)]; }
  int segment_of(int n) const { return segments_.empty() ? -1 : segments_[position(n)]; }
  SegmentCosts segment_costs() const;
  // By buffer that is not a view: what backward runs of these nodes read.
  std::vector<bool> read_in_backward(const std::vector<int>& heads) const;
  void recompute_segment(int segment);
  // By forward step: whether backward runs of these nodes need what it writes.
  std::vector<bool> steps_to_repeat(const std::vector<int>& heads) const;
  void repeat_run(int n);
  void repeat_step(size_t s);
  // The copy that a repeated step writes, made when it is new.
  int new_copy(int buffer);
  // Where what was in this buffer in forward is now.
  int latest(int buffer) const;

  // Buffers.
  int new_buffer(size_t bytes);
  int new_view(int parent, size_t offset);
  int root(int buffer) const;
  bool is_view(int buffer) const { return views_[static_cast<size_t>(buffer)].parent >= 0; }
  void push(Step step);
  int add_reorder(int from, const Layout& from_layout, const Layout& to_layout);
  void may_share(size_t step, int from, int to) { in_place_.push_back({step, from, to}); }
  void measure_lifetimes();
  void merge_in_place();
  void rename(int from, int to);
  void place_buffers();

  const Graph& graph_;
  const ParamTable& table_;
  Env env_;
  PackedParams& packed_;
  std::unique_ptr<Plan> plan_;
  int node_ = -1;  // that steps are added for
  std::vector<Shapes> shapes_;
  std::vector<bool> used_, trained_, padded_;
  Fusions fusions_;
  std::vector<std::vector<Value>> values_;  // by head
  std::vector<Built> built_;
  std::vector<Lifetime> lifetimes_;
  std::vector<View> views_;  // by buffer
  std::vector<InPlace> in_place_;
  std::vector<int> order_;  // heads as they are run in forward
  std::vector<size_t> positions_;  // by node: of its head in order_
  std::vector<int> segments_;  // by position; -1: kept. Empty: there are none
  std::vector<bool> repeated_;  // by segment
  std::vector<int> copies_;  // by buffer: the copy that was made of it, or -1
};

}  // namespace firesteel
