// SPDX-License-Identifier: Apache-2.0
// GraphLoss: the sum of what a graph of layers without parameters makes of outputs and labels; the mean
// over rows.
#include <map>
#include <memory>
#include <mutex>
#include <numeric>

#include "core/buffer.h"
#include "core/json.h"
#include "nn/loss.h"
#include "nn/plan.h"

namespace firesteel {
namespace {

// The graph for batches of one shape.
struct Compiled {
  std::shared_ptr<const Graph> graph;
  ParamTable table;
  std::unique_ptr<PackedParams> packed;
  std::unique_ptr<Plan> plan;
  AlignedBuffer arena;
  std::vector<int64_t> samples;

  Compiled(Graph made, int64_t rows, const Env& env)
      : graph(std::make_shared<const Graph>(std::move(made))),
        table(*graph),
        packed(std::make_unique<PackedParams>(env, nullptr)),
        plan(compile(graph, table, rows, env, *packed)),
        arena(plan->arena_bytes()),
        samples(static_cast<size_t>(rows)) {
    plan->bind(arena.data());
    std::iota(samples.begin(), samples.end(), 0);
  }
};

Shape labels_shape(const Labels& labels) {
  return labels.row_shape.empty() ? Shape{1} : labels.row_shape;
}

}  // namespace

struct GraphLoss final : OutputsLossOf<GraphLoss> {
  std::string graph;

  static constexpr auto schema() {
    return Schema{"GraphLoss", "loss",
                  "A loss made of layers: all numbers of the graph's output are added; the mean "
                  "over rows.",
                  required("graph", &GraphLoss::graph,
                           "JSON document of a graph whose inputs are outputs of the model, and "
                           "the labels last")};
  }
  static LossSample sample() {
    return {.attrs = {{"graph", std::string(R"({
                "inputs": [{"name": "output"}, {"name": "labels"}],
                "nodes": [{"name": "difference", "kind": "Sub", "inputs": ["output", "labels"]},
                          {"name": "square", "kind": "Square", "inputs": ["difference"]}],
                "outputs": ["square"]})")}},
            .outputs = {{3}},
            .labels = {3}};
  }

  void check() const override {
    Graph parsed = graph_from_json(graph, "GraphLoss.graph");
    require<AttrError>(parsed.inputs().size() >= 2,
                       "GraphLoss.graph: must have an input for each output, and one for the "
                       "labels, got ",
                       parsed.inputs().size());
    for (const Node& node : parsed.nodes()) {
      require<AttrError>(!node.layer || node.layer->params().empty(),
                         "GraphLoss.graph: ", node.name,
                         " has parameters, which a loss must not have");
    }
    inputs_ = parsed.inputs().size();
  }
  size_t outputs() const override { return inputs_ - 1; }

  void check_outputs(std::span<const Shape> shapes, const Labels& labels) const override {
    shaped(shapes, labels).infer(1);
  }

  LossSum run_outputs(const LossInput& in) const override {
    int64_t rows = in.shapes[0][0];
    std::string key = cat(in.dtype == DType::f64, in.gradients.empty());
    Shapes row_shapes;
    for (const Shape& shape : in.shapes) {
      key += cat(" ", shape);
      row_shapes.push_back(without_batch(shape));
    }
    auto compiled = borrow(key);
    if (!compiled) {
      Env env{.dtype = in.dtype,
              .training = !in.gradients.empty(),
              .input_gradients = !in.gradients.empty()};
      compiled = std::make_unique<Compiled>(shaped(row_shapes, in.labels), rows, env);
    }
    double sum = 0;
    by_dtype(in.dtype, [&]<class T>() { sum = run_as<T>(*compiled, in); });
    std::lock_guard lock(mutex_);
    idle_[key].push_back(std::move(compiled));
    return {sum, static_cast<double>(rows)};
  }

 private:
  // With the shapes of a fit's outputs and labels.
  Graph shaped(std::span<const Shape> outputs, const Labels& labels) const {
    Json doc = parse_json(graph, "GraphLoss.graph");
    Json& inputs = doc["inputs"];
    for (size_t i = 0; i < outputs.size(); ++i) inputs[i]["shape"] = outputs[i];
    inputs.back()["shape"] = labels_shape(labels);
    return graph_from_json(doc.dump(), "loss");
  }

  std::unique_ptr<Compiled> borrow(const std::string& key) const {
    std::lock_guard lock(mutex_);
    auto& idle = idle_[key];
    if (idle.empty()) return nullptr;
    auto compiled = std::move(idle.back());
    idle.pop_back();
    return compiled;
  }

  template <class T>
  static double run_as(Compiled& compiled, const LossInput& in) {
    Plan& plan = *compiled.plan;
    size_t outputs = in.shapes.size();
    for (size_t i = 0; i < outputs; ++i) {
      auto* from = static_cast<const T*>(in.outputs[i]);
      if (plan.input(i)) std::copy_n(from, numel(in.shapes[i]), static_cast<T*>(plan.input(i)));
    }
    auto* labels = static_cast<T*>(plan.input(outputs));
    int64_t numbers = plan.batch() * numel(labels_shape(in.labels));
    for (int64_t i = 0; labels && i < numbers; ++i) labels[i] = static_cast<T>(in.labels.number(i));
    plan.forward({.samples = compiled.samples});
    int64_t count = numel(plan.output_shape());
    auto* values = static_cast<const T*>(plan.output());
    double sum = std::accumulate(values, values + count, 0.0);
    if (in.gradients.empty()) return sum;
    std::fill_n(static_cast<T*>(plan.output_gradient()), count, T(1));
    plan.backward(nullptr);
    for (size_t i = 0; i < outputs; ++i) {
      auto* gradient = static_cast<const T*>(plan.input_gradient(i));
      auto* to = static_cast<T*>(in.gradients[i]);
      gradient ? std::copy_n(gradient, numel(in.shapes[i]), to)
               : std::fill_n(to, numel(in.shapes[i]), T(0));  // not used
    }
    return sum;
  }

  mutable size_t inputs_ = 2;
  mutable std::mutex mutex_;
  mutable std::map<std::string, std::vector<std::unique_ptr<Compiled>>> idle_;
};
FIRESTEEL_LOSS(GraphLoss);

}  // namespace firesteel
