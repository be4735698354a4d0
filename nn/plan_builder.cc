// SPDX-License-Identifier: Apache-2.0
// compile(): from a graph to a plan. Layouts flow forward: a layer takes the layout its input comes
// in or asks for another one, and then a reorder is put between. A gradient always has the layout
// of its value.
#include <algorithm>

#include "core/rng.h"
#include "core/sha256.h"
#include "nn/memory_plan.h"
#include "nn/plan.h"

namespace firesteel {

class PlanBuilder {
 public:
  PlanBuilder(std::shared_ptr<const Graph> graph, const ParamTable& table, int64_t batch,
              const Env& env, PackedParams& packed)
      : graph_(*graph), table_(table), env_(env), packed_(packed), plan_(new Plan) {
    plan_->graph_ = std::move(graph);
    plan_->env_ = env;
    plan_->batch_ = batch;
    shapes_ = graph_.infer(batch);
  }

  std::unique_ptr<Plan> build() {
    find_used_nodes();
    for (size_t n = 0; n < graph_.nodes().size(); ++n) {
      if (used_[n]) add_forward(static_cast<int>(n));
    }
    add_outputs();
    plan_->loss_at_ = plan_->steps_.size();
    add_loss();
    if (env_.training) {
      for (size_t n = graph_.nodes().size(); n-- > 0;) {
        if (used_[n] && graph_.nodes()[n].layer && trained_[n]) add_backward(static_cast<int>(n));
      }
      for (int n : graph_.inputs()) {
        if (!env_.input_gradients) break;
        plan_->input_gradients_.push_back(gradient_of(values_[static_cast<size_t>(n)][0]));
      }
    }
    find_gaps();
    place_buffers();
    return std::move(plan_);
  }

 private:
  using Step = Plan::Step;
  struct Value {
    int buffer = -1;
    Layout layout;
    std::vector<int> gradients;  // one contribution per consumer
  };
  struct Built {
    std::unique_ptr<Prepare> prepare;
    std::vector<int> inputs;  // buffers as the layer reads them
    int run = -1;
  };

  int new_buffer(size_t bytes) {
    lifetimes_.push_back({bytes, 0, -1});
    return static_cast<int>(lifetimes_.size()) - 1;
  }
  Value& value(Ref ref) {
    return values_[static_cast<size_t>(ref.node)][static_cast<size_t>(ref.port)];
  }
  bool wants_gradient(Ref ref) const { return trained_[static_cast<size_t>(ref.node)]; }

  int add_reorder(int from, const Layout& from_layout, const Layout& to_layout) {
    int to = new_buffer(to_layout.bytes());
    Step step{Step::Kind::reorder, -1, {from}, {to}, make_reorder(env_, from_layout, to_layout), 0};
    plan_->steps_.push_back(std::move(step));
    return to;
  }

  void find_used_nodes() {
    size_t count = graph_.nodes().size();
    used_.assign(count, false);
    trained_.assign(count, false);
    for (Ref ref : graph_.outputs()) used_[static_cast<size_t>(ref.node)] = true;
    for (size_t n = count; n-- > 0;) {
      if (!used_[n]) continue;
      for (Ref ref : graph_.nodes()[n].inputs) used_[static_cast<size_t>(ref.node)] = true;
    }
    // A value has a gradient when a trainable parameter lies before it.
    for (size_t n = 0; n < count; ++n) {
      if (!graph_.nodes()[n].layer) {
        trained_[n] = env_.input_gradients;
        continue;
      }
      for (const Param* p : table_.of_node(static_cast<int>(n))) {
        trained_[n] = trained_[n] || !p->spec.state;
      }
      for (Ref ref : graph_.nodes()[n].inputs) {
        trained_[n] = trained_[n] || trained_[static_cast<size_t>(ref.node)];
      }
    }
    values_.resize(count);
    built_.resize(count);
  }

  void add_input(int n) {
    Layout layout(shapes_[static_cast<size_t>(n)][0], env_.dtype);
    int buffer = new_buffer(layout.bytes());
    values_[static_cast<size_t>(n)].push_back({buffer, layout, {}});
    plan_->inputs_.push_back(buffer);
  }

  void add_forward(int n) {
    const Node& node = graph_.node(n);
    if (!node.layer) return add_input(n);
    auto index = static_cast<size_t>(n);
    Shapes in;
    std::vector<Layout> offered;
    for (Ref ref : node.inputs) {
      in.push_back(value(ref).layout.shape());
      offered.push_back(value(ref).layout);
    }
    Built& built = built_[index];
    built.prepare = std::make_unique<Prepare>(env_, in, shapes_[index], offered);
    Prepare& p = *built.prepare;
    try {
      node.layer->prepare(p);
    } catch (const Error&) {
      rethrow_at(node.name);
    }
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      const Value& source = value(node.inputs[i]);
      bool same = p.wanted_[i] == source.layout;
      built.inputs.push_back(same ? source.buffer
                                  : add_reorder(source.buffer, source.layout, p.wanted_[i]));
    }
    add_run(n, built);
  }

  void add_run(int n, Built& built) {
    const Node& node = graph_.node(n);
    Prepare& p = *built.prepare;
    Plan::NodeRun item;
    item.layer = node.layer.get();
    item.x = built.inputs;
    Step step{Step::Kind::forward, static_cast<int>(plan_->runs_.size()), built.inputs, {}, {}, 0};
    for (const Layout& layout : p.results_) {
      int buffer = new_buffer(layout.bytes());
      values_[static_cast<size_t>(n)].push_back({buffer, layout, {}});
      item.y.push_back(buffer);
      step.writes.push_back(buffer);
    }
    for (size_t bytes : p.saved_) {
      item.saved.push_back(new_buffer(bytes));
      step.writes.push_back(item.saved.back());
    }
    if (p.scratch_ > 0) {
      item.scratch = new_buffer(p.scratch_);
      step.writes.push_back(item.scratch);
    }
    Run& run = item.run;
    run.ops_ = p.ops_;
    run.in_ = p.in_;
    run.out_ = p.out_;
    run.dtype_ = env_.dtype;
    run.training_ = env_.training;
    run.elements_ = p.results_[0].elements();
    run.layer_key_ = key_of(node.name);
    auto params = table_.of_node(n);
    for (const Param* param : params) {
      item.param_offsets.push_back(param->offset);
      run.params_.push_back(packed_.get(param->offset, Layout(param->spec.shape, env_.dtype)));
    }
    run.dparams_.resize(params.size());
    for (const auto& [slot, layout] : p.packs_) {
      run.packed_.push_back(packed_.get(params[slot]->offset, layout));
    }
    built.run = step.node;
    plan_->runs_.push_back(std::move(item));
    if (p.in_place_) in_place_.push_back({plan_->steps_.size(), step.reads[0], step.writes[0]});
    plan_->steps_.push_back(std::move(step));
  }

  static uint64_t key_of(const std::string& name) {
    Digest digest = sha256(name);
    return mix(uint64_t{digest[0]} << 24 | digest[1] << 16 | digest[2] << 8 | digest[3],
               uint64_t{digest[4]} << 24 | digest[5] << 16 | digest[6] << 8 | digest[7]);
  }

  void add_outputs() {
    for (Ref ref : graph_.outputs()) {
      const Value& v = value(ref);
      Layout plain(v.layout.shape(), env_.dtype);
      plan_->outputs_.push_back(v.layout.plain() ? v.buffer
                                                 : add_reorder(v.buffer, v.layout, plain));
      plan_->output_shapes_.push_back(v.layout.shape());
    }
  }

  void add_loss() {
    Step loss{Step::Kind::loss, -1, plan_->outputs_, {}, {}, 0};
    for (Ref ref : graph_.outputs()) {
      Layout plain(value(ref).layout.shape(), env_.dtype);
      plan_->output_gradients_.push_back(env_.training ? new_buffer(plain.bytes()) : -1);
      if (env_.training) loss.writes.push_back(plan_->output_gradients_.back());
    }
    plan_->steps_.push_back(std::move(loss));
    if (!env_.training) return;
    for (size_t i = 0; i < graph_.outputs().size(); ++i) {
      Value& v = value(graph_.outputs()[i]);
      int gradient = plan_->output_gradients_[i];
      Layout plain(v.layout.shape(), env_.dtype);
      v.gradients.push_back(v.layout.plain() ? gradient : add_reorder(gradient, plain, v.layout));
    }
  }

  // The buffer with the sum of all contributions to a value's gradient.
  int gradient_of(Value& v) {
    int64_t elements = v.layout.elements();
    if (v.gradients.empty()) {
      v.gradients.push_back(new_buffer(v.layout.bytes()));
      plan_->steps_.push_back({Step::Kind::zero, -1, {}, {v.gradients[0]}, {}, elements});
    }
    if (v.gradients.size() > 1) {
      std::vector<int> others(v.gradients.begin() + 1, v.gradients.end());
      plan_->steps_.push_back({Step::Kind::add, -1, others, {v.gradients[0]}, {}, elements});
    }
    return v.gradients[0];
  }

  void add_backward(int n) {
    const Node& node = graph_.node(n);
    Built& built = built_[static_cast<size_t>(n)];
    Prepare& p = *built.prepare;
    auto run_index = static_cast<size_t>(built.run);
    std::vector<int> dy, dx;
    for (Value& v : values_[static_cast<size_t>(n)]) dy.push_back(gradient_of(v));
    Step step{Step::Kind::backward, built.run, dy, {}, {}, 0};
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      dx.push_back(wants_gradient(node.inputs[i]) ? new_buffer(p.wanted_[i].bytes()) : -1);
      if (dx[i] >= 0) step.writes.push_back(dx[i]);
      if (p.reads_input_ >> i & 1) step.reads.push_back(built.inputs[i]);
    }
    Plan::NodeRun& item = plan_->runs_[run_index];
    if (p.reads_output_) step.reads.insert(step.reads.end(), item.y.begin(), item.y.end());
    step.reads.insert(step.reads.end(), item.saved.begin(), item.saved.end());
    if (p.scratch_ > 0) {
      // Forward's scratch need not live until here: backward gets a buffer of its own.
      item.backward_scratch = new_buffer(p.scratch_);
      step.writes.push_back(item.backward_scratch);
    }
    item.dy = dy;
    item.dx = dx;
    if (p.in_place_ && dx[0] >= 0) in_place_.push_back({plan_->steps_.size(), dy[0], dx[0]});
    plan_->steps_.push_back(std::move(step));
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      if (dx[i] < 0) continue;
      Value& source = value(node.inputs[i]);
      bool same = p.wanted_[i] == source.layout;
      source.gradients.push_back(same ? dx[i] : add_reorder(dx[i], p.wanted_[i], source.layout));
    }
  }

  void find_gaps() {
    int64_t written = 0;
    for (const Param& p : table_.params()) {
      auto n = static_cast<size_t>(p.node);
      if (!used_[n] || !trained_[n]) continue;
      if (p.offset > written) plan_->gaps_.push_back({written, p.offset});
      written = p.offset + p.size;
    }
    if (table_.total() > written) plan_->gaps_.push_back({written, table_.total()});
  }

  void measure_lifetimes() {
    for (Lifetime& life : lifetimes_) life.first = 0, life.last = -1;
    auto touch = [&](int buffer, int at) {
      Lifetime& life = lifetimes_[static_cast<size_t>(buffer)];
      bool first = life.last < life.first;
      life.first = first ? at : std::min(life.first, at);
      life.last = first ? at : std::max(life.last, at);
    };
    for (int input : plan_->inputs_) touch(input, 0);
    // What the caller reads lives to the end.
    for (int gradient : plan_->input_gradients_) {
      touch(gradient, static_cast<int>(plan_->steps_.size()));
    }
    for (size_t s = 0; s < plan_->steps_.size(); ++s) {
      for (int b : plan_->steps_[s].reads) touch(b, static_cast<int>(s));
      for (int b : plan_->steps_[s].writes) touch(b, static_cast<int>(s));
    }
  }

  // Lets the result of a step take the buffer of its input where nobody reads the input later.
  void merge_in_place() {
    for (auto& [s, from, to] : in_place_) {
      const Lifetime& source = lifetimes_[static_cast<size_t>(from)];
      const Lifetime& target = lifetimes_[static_cast<size_t>(to)];
      int at = static_cast<int>(s);
      const auto& writes = plan_->steps_[s].writes;
      bool written_here = std::find(writes.begin(), writes.end(), to) != writes.end();
      if (source.last != at || target.first != at || source.bytes != target.bytes ||
          !written_here || from == to) {
        continue;
      }
      rename(to, from);
      measure_lifetimes();
    }
  }

  void rename(int from, int to) {
    auto in = [&](std::vector<int>& list) { std::replace(list.begin(), list.end(), from, to); };
    for (Step& step : plan_->steps_) in(step.reads), in(step.writes);
    for (Plan::NodeRun& item : plan_->runs_) {
      in(item.x), in(item.y), in(item.dy), in(item.dx), in(item.saved);
    }
    in(plan_->outputs_), in(plan_->output_gradients_);
    in(plan_->inputs_), in(plan_->input_gradients_);
    for (auto& merge : in_place_) {
      if (merge.from == from) merge.from = to;
      if (merge.to == from) merge.to = to;
    }
  }

  void place_buffers() {
    measure_lifetimes();
    merge_in_place();
    MemoryPlan memory = plan_memory(lifetimes_);
    plan_->offsets_ = std::move(memory.offsets);
    plan_->arena_bytes_ = memory.bytes;
  }

  struct InPlace {
    size_t step;
    int from, to;
  };

  const Graph& graph_;
  const ParamTable& table_;
  Env env_;
  PackedParams& packed_;
  std::unique_ptr<Plan> plan_;
  std::vector<Shapes> shapes_;
  std::vector<bool> used_, trained_;
  std::vector<std::vector<Value>> values_;
  std::vector<Built> built_;
  std::vector<Lifetime> lifetimes_;
  std::vector<InPlace> in_place_;
};

std::unique_ptr<Plan> compile(std::shared_ptr<const Graph> graph, const ParamTable& table,
                              int64_t batch, const Env& env, PackedParams& packed) {
  require(batch > 0, "batch: must be > 0, got ", batch);
  return PlanBuilder(std::move(graph), table, batch, env, packed).build();
}

}  // namespace firesteel
