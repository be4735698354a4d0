// SPDX-License-Identifier: Apache-2.0
#include "nn/sub_plan.h"

#include <cstring>

#include "core/json.h"

namespace firesteel {

Graph body_graph(const std::string& json, std::span<const Shape> inputs, const std::string& where) {
  Json doc = parse_json(json, where);
  for (size_t i = 0; i < inputs.size(); ++i) doc["inputs"][i]["shape"] = inputs[i];
  return graph_from_json(doc.dump(), where);
}

void check_body(const std::string& json, size_t inputs, size_t outputs, const std::string& where) {
  Graph graph = [&] {
    try {
      return graph_from_json(json, where);
    } catch (const FormatError& e) {
      throw AttrError(e.what());
    }
  }();
  require<AttrError>(graph.inputs().size() == inputs, where, ": must have ", inputs,
                     " inputs, got ", graph.inputs().size());
  require<AttrError>(graph.outputs().size() == outputs, where, ": must have ", outputs,
                     " outputs, got ", graph.outputs().size());
  for (const Node& node : graph.nodes()) {
    require<AttrError>(!node.layer || !node.layer->couples_rows(), where, ": ", node.name,
                       " mixes the rows of a batch, which a loop must not do");
  }
}

std::vector<ParamSpec> body_params(const std::string& json, const std::string& where) {
  std::vector<ParamSpec> specs;
  ParamTable table(graph_from_json(json, where));
  for (const Param& p : table.params()) {
    specs.push_back(p.spec);
    specs.back().name = p.name;
  }
  return specs;
}

SubPlan::SubPlan(Graph graph, int64_t batch, const Env& env)
    : graph_(std::make_shared<const Graph>(std::move(graph))),
      table_(*graph_),
      dtype_(env.dtype),
      values_(static_cast<size_t>(table_.total()) * size_of(dtype_)),
      gradients_(env.training ? static_cast<size_t>(table_.total()) * size_of(dtype_) : 0) {
  Env own = env;
  own.input_gradients = env.training;
  own.compute = env.dtype;  // what goes in and out is of the type that is computed with
  std::memset(values_.data(), 0, static_cast<size_t>(table_.total()) * size_of(dtype_));
  packed_ = std::make_unique<PackedParams>(own, values_.data());
  plan_ = compile(graph_, table_, batch, own, *packed_);
  arena_ = AlignedBuffer(plan_->arena_bytes());
  plan_->bind(arena_.data());
}

void SubPlan::load(const Run& run, size_t first) {
  for (const Param& p : table_.params()) {
    std::memcpy(values_.data() + static_cast<size_t>(p.offset) * size_of(dtype_),
                run.param(first++), static_cast<size_t>(p.size) * size_of(dtype_));
  }
  packed_->refresh(Slice{0, table_.total()});
}

void SubPlan::clear_gradients(const Run& run, size_t first) const {
  for (const Param& p : table_.params()) {
    std::memset(run.dparam(first++), 0, static_cast<size_t>(p.size) * size_of(dtype_));
  }
}

void SubPlan::backward(const Run& run, size_t first) {
  plan_->backward(gradients_.data());
  by_dtype(dtype_, [&]<class T>() {
    for (const Param& p : table_.params()) {
      auto* from = reinterpret_cast<const T*>(gradients_.data()) + p.offset;
      auto* to = static_cast<T*>(run.dparam(first++));
      for (int64_t i = 0; i < p.size; ++i) to[i] += from[i];
    }
  });
}

}  // namespace firesteel
