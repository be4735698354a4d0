// SPDX-License-Identifier: Apache-2.0
#include "core/rng.h"
#include "core/sha256.h"
#include "nn/plan_builder.h"

namespace firesteel {
namespace {

uint64_t key_of(const std::string& name) {
  Digest digest = sha256(name);
  return mix(uint64_t{digest[0]} << 24 | digest[1] << 16 | digest[2] << 8 | digest[3],
             uint64_t{digest[4]} << 24 | digest[5] << 16 | digest[6] << 8 | digest[7]);
}

}  // namespace

void PlanBuilder::add_input(int n) {
  Layout layout(shapes_[static_cast<size_t>(n)][0], env_.dtype);
  Value& v = values_[static_cast<size_t>(n)][0];
  v.buffer = new_buffer(layout.bytes());
  v.layout = layout;
  plan_->inputs_.push_back(v.buffer);
}

void PlanBuilder::add_forward(int n) {
  const Node& node = graph_.node(n);
  if (!node.layer) return add_input(n);
  node_ = n;
  prepare(n);
  Built& built = built_[static_cast<size_t>(n)];
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    const Value& source = value(node.inputs[i]);
    const Layout& wanted = built.prepare->wanted_[i];
    bool same = wanted == source.layout;
    built.inputs.push_back(same ? source.buffer
                                : add_reorder(source.buffer, source.layout, wanted));
  }
  add_run(n);
  place_inputs(n);
}

void PlanBuilder::prepare(int n) {
  const Node& node = graph_.node(n);
  Shapes in;
  std::vector<Layout> offered;
  for (Ref ref : node.inputs) {
    in.push_back(value(ref).layout.shape());
    offered.push_back(value(ref).layout);
  }
  Built& built = built_[static_cast<size_t>(n)];
  built.prepare = std::make_unique<Prepare>(env_, in, shapes_[static_cast<size_t>(n)], offered);
  built.prepare->tail_ = fused(n).tail();
  built.prepare->folded_ = fused(n).affine >= 0;
  if (int then = fused(n).then; then >= 0) {
    built.prepare->then_ = {graph_.node(then).layer.get(), shapes_[static_cast<size_t>(then)][0],
                            fused(then).tail(), fused(then).affine >= 0};
  }
  try {
    node.layer->prepare(*built.prepare);
  } catch (const Error&) {
    rethrow_at(node.name);
  }
}

void PlanBuilder::add_run(int n) {
  const Node& node = graph_.node(n);
  Built& built = built_[static_cast<size_t>(n)];
  Prepare& p = *built.prepare;
  Plan::NodeRun item;
  item.layer = node.layer.get();
  item.flops = item.layer->flops(p.in_, p.out_);
  if (p.then_.layer) item.flops += p.then_.layer->flops(p.out_, {p.then_.out});
  item.x = built.inputs;
  Step step{Step::Kind::forward, static_cast<int>(plan_->runs_.size()), built.inputs, {}, {}, {}};
  for (size_t i = 0; i < p.results_.size(); ++i) {
    Value& v = values_[static_cast<size_t>(n)][i];
    v.layout = p.results_[i];
    v.buffer = new_buffer(v.layout.bytes());
    item.y.push_back(v.buffer);
    step.writes.push_back(v.buffer);
  }
  for (size_t bytes : p.saved_) {
    item.saved.push_back(new_buffer(bytes));
    step.writes.push_back(item.saved.back());
  }
  if (p.scratch_ > 0) {
    item.scratch = new_buffer(p.scratch_);
    step.writes.push_back(item.scratch);
  }
  if (fused(n).sum >= 0) {
    const Value& addend = value(fused(n).addend);
    bool same = addend.layout == p.results_[0];
    int sum = same ? addend.buffer : add_reorder(addend.buffer, addend.layout, p.results_[0]);
    if (p.sum_is_output_) {
      // A copy, but where nobody else reads the addend later.
      may_share(plan_->steps_.size(), sum, item.y[0]);
      push({Step::Kind::copy, -1, {sum}, {item.y[0]}, {}, p.results_[0]});
    } else {
      item.sum = sum;
      step.reads.push_back(sum);
    }
  }
  Run& run = item.run;
  run.ops_ = p.ops_;
  run.in_ = p.in_;
  run.out_ = p.out_;
  run.dtype_ = env_.dtype;
  run.value_dtype_ = p.results_[0].dtype();
  run.training_ = env_.training;
  run.padded_ = padded_[static_cast<size_t>(node.inputs[0].node)];
  run.tail_ = p.tail_;
  run.folded_ = p.folded_;
  run.then_ = p.then_;
  run.elements_ = p.results_[0].elements();
  run.layer_key_ = key_of(node.name);
  add_params(n, run, item);
  built.run = step.node;
  if (p.in_place_) may_share(plan_->steps_.size(), step.reads[0], step.writes[0]);
  plan_->runs_.push_back(std::move(item));
  push(std::move(step));
}

void PlanBuilder::add_params(int n, Run& run, Plan::NodeRun& item) {
  auto params = table_.of_node(n);
  for (const Param* param : params) {
    item.params.push_back({param->offset, param->offset + param->size});
    run.params_.push_back(packed_.get(param->offset, Layout(param->spec.shape, env_.dtype)));
  }
  run.dparams_.resize(params.size());
  const Prepare& p = *built_[static_cast<size_t>(n)].prepare;
  for (const auto& [slot, layout, of_then] : p.packs_) {
    int node = of_then ? fused(n).then : n;
    run.packed_.push_back(fused(node).affine >= 0
                              ? folded(node, slot, layout)
                              : packed_.get(table_.of_node(node)[slot]->offset, layout));
  }
}

// Parameter 0 (weight, output channels first) or 1 (bias) of the node with the affine layer after
// it: scale W, and scale b + offset.
const void* PlanBuilder::folded(int n, size_t param, const Layout& layout) {
  const Layer* affine = graph_.node(fused(n).affine).layer.get();
  auto own = table_.of_node(n);
  std::vector<const void*> values;
  for (const Param* p : table_.of_node(fused(n).affine)) {
    values.push_back(packed_.get(p->offset, Layout(p->spec.shape, env_.dtype)));
  }
  auto at = [&](size_t i) {
    return packed_.get(own[i]->offset, Layout(own[i]->spec.shape, env_.dtype));
  };
  const void* weight = at(0);
  const void* bias = own.size() > 1 ? at(1) : nullptr;
  int64_t channels = own[0]->spec.shape[0], each = own[0]->size / channels;
  auto fill = [=, dtype = env_.dtype](void* to) {
    std::vector<double> scale(static_cast<size_t>(channels)), offset(scale);
    affine->affine(dtype, values, scale.data(), offset.data());
    by_dtype(dtype, [&]<class T>() {
      auto* w = static_cast<const T*>(weight);
      auto* b = static_cast<const T*>(bias);
      auto* out = static_cast<T*>(to);
      for (int64_t c = 0; c < channels; ++c) {
        double s = scale[static_cast<size_t>(c)], o = offset[static_cast<size_t>(c)];
        if (param == 1) {
          out[c] = static_cast<T>((b ? s * b[c] : 0.0) + o);
          continue;
        }
        for (int64_t i = c * each; i < (c + 1) * each; ++i) out[i] = static_cast<T>(s * w[i]);
      }
    });
  };
  return packed_.derived(cat("folded ", n, " ", param), layout, fill);
}

// Inputs that a join would copy are written where they belong, if their layers can.
void PlanBuilder::place_inputs(int n) {
  Built& built = built_[static_cast<size_t>(n)];
  const Prepare& p = *built.prepare;
  const Node& node = graph_.node(n);
  built.placed.assign(node.inputs.size(), false);
  if (!p.joins_) return;
  int64_t rows = plan_->batch_, row = p.results_[0].elements() / rows, at = 0;
  int parent = values_[static_cast<size_t>(n)][0].buffer;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    Ref ref = node.inputs[i];
    Value& v = value(ref);
    int64_t offset = at;
    at += p.wanted_[i].elements() / rows;
    int head = fusions_.head[static_cast<size_t>(ref.node)];
    bool own = v.readers == 1 && v.buffer == built.inputs[i] && ref.port == 0 &&
               !is_view(v.buffer) && graph_.node(head).layer;
    if (!own) continue;
    auto& maker = plan_->runs_[static_cast<size_t>(built_[static_cast<size_t>(head)].run)];
    if (rows > 1 && !maker.layer->stride_output(maker.run, row)) continue;
    views_[static_cast<size_t>(v.buffer)] = {
        parent, static_cast<size_t>(offset) * size_of(v.layout.dtype())};
    built.placed[i] = true;
  }
}

void PlanBuilder::add_outputs() {
  node_ = graph_.outputs()[0].node;
  for (Ref ref : graph_.outputs()) {
    const Value& v = value(ref);
    Layout plain(v.layout.shape(), env_.dtype);
    plan_->outputs_.push_back(v.layout == plain ? v.buffer
                                                : add_reorder(v.buffer, v.layout, plain));
    plan_->output_shapes_.push_back(v.layout.shape());
  }
}

void PlanBuilder::add_loss() {
  Step loss{Step::Kind::loss, -1, plan_->outputs_, {}, {}, {}};
  for (Ref ref : graph_.outputs()) {
    Layout plain(value(ref).layout.shape(), env_.dtype);
    plan_->output_gradients_.push_back(env_.training ? new_buffer(plain.bytes()) : -1);
    if (env_.training) loss.writes.push_back(plan_->output_gradients_.back());
  }
  push(std::move(loss));
  if (!env_.training) return;
  for (size_t i = 0; i < graph_.outputs().size(); ++i) {
    Ref ref = graph_.outputs()[i];
    contribute(ref, plan_->output_gradients_[i], Layout(value(ref).layout.shape(), env_.dtype));
  }
}

}  // namespace firesteel
