// SPDX-License-Identifier: Apache-2.0
#include "tests/nn/small_nets.h"

#include "core/buffer.h"
#include "core/rng.h"
#include "nn/model.h"

namespace firesteel::testing {
namespace {
constexpr int64_t kBatch = 3;
}  // namespace

Results run(const Graph& graph, Env env, BatchSums* sums) {
  env.input_gradients = env.training;
  Model model = Model::make(graph, 7);
  // Not the first values: an offset of zero would hide one that is left out.
  Rng rng(3);
  for (const Param& p : model.table.params()) {
    for (int64_t i = p.offset; i < p.offset + p.size; ++i) {
      float& v = model.values[static_cast<size_t>(i)];
      v = p.spec.name == "running_var" ? 0.5f + std::abs(rng.normal()) : v + 0.3f * rng.normal();
    }
  }
  PackedParams packed(env, model.values.data());
  auto plan = compile(model.graph, model.table, kBatch, env, packed);
  AlignedBuffer arena(plan->arena_bytes());
  plan->bind(arena.data());
  int64_t inputs = kBatch * numel(model.input_shape());
  auto* x = static_cast<float*>(plan->input());
  for (int64_t i = 0; i < inputs; ++i) x[i] = rng.normal();
  std::vector<int64_t> samples = {5, 6, 7};
  Results results{.arena_bytes = plan->arena_bytes()};
  plan->forward({.seed = 1, .step = 0, .samples = samples, .sums = sums});
  auto* y = static_cast<const float*>(plan->output());
  int64_t outputs = numel(plan->output_shape());
  results.output.assign(y, y + outputs);
  if (!env.training) return results;
  auto* dy = static_cast<float*>(plan->output_gradient());
  for (int64_t i = 0; i < outputs; ++i) dy[i] = rng.normal();
  results.gradients.resize(model.values.size());
  plan->backward(results.gradients.data());
  auto* dx = static_cast<const float*>(plan->input_gradient());
  results.input_gradient.assign(dx, dx + inputs);
  return results;
}

const std::vector<Case> kCases = {
    {"conv_relu", [](Net& n, Ref x, int64_t c) { return n.relu(n.conv(x, c, c, 3, true)); }},
    {"conv_norm_relu", [](Net& n, Ref x, int64_t c) { return n.relu(n.norm(n.conv(x, c, c), c)); }},
    {"norm_first", [](Net& n, Ref x, int64_t c) { return n.conv(n.relu(n.norm(x, c)), c, c); }},
    {"biased_conv_norm",
     [](Net& n, Ref x, int64_t c) { return n.conv(n.norm(n.conv(x, c, c, 3, true), c), c, c); }},
    {"residual",
     [](Net& n, Ref x, int64_t c) {
       Ref y = n.relu(n.norm(n.conv(x, c, c), c));
       Ref z = n.norm(n.conv(y, c, c), c);
       return n.conv(n.relu(n.sum(z, y)), c, c, 1);
     }},
    {"residual_of_the_input",
     [](Net& n, Ref x, int64_t c) { return n.relu(n.sum(x, n.norm(n.conv(x, c, c), c))); }},
    {"projected_residual",
     [](Net& n, Ref x, int64_t c) {
       Ref y = n.norm(n.conv(x, c, c), c);
       return n.relu(n.sum(y, n.norm(n.conv(x, c, c, 1), c)));
     }},
    {"conv_sum_read_twice",
     [](Net& n, Ref x, int64_t c) {
       Ref y = n.conv(x, c, c, 3, true);
       Ref z = n.sum(n.conv(y, c, c, 1, true), y);
       return n.sum(n.relu(z), y);
     }},
    {"norm_read_twice",
     [](Net& n, Ref x, int64_t c) {
       Ref y = n.norm(n.conv(x, c, c), c);
       return n.sum(n.relu(y), y);
     }},
    {"sum_with_itself",
     [](Net& n, Ref x, int64_t c) {
       Ref y = n.conv(x, c, c);
       return n.relu(n.sum(y, y));
     }},
    {"branches",
     [](Net& n, Ref x, int64_t c) {
       Ref y = n.relu(n.norm(n.conv(x, c, c), c));
       Ref a = n.relu(n.norm(n.conv(y, c, c, 1), c));
       Ref b = n.relu(n.norm(n.conv(y, c, 2 * c), 2 * c));
       Ref d = n.add("MaxPool2d",
                     {{"kernel_size", Dims{3}}, {"stride", Dims{1}}, {"padding", Dims{1}}}, {y});
       return n.conv(n.join({a, b, y, d}), 5 * c, c);
     }},
    {"relu6",
     [](Net& n, Ref x, int64_t c) {
       Ref y = n.add("ReLU6", {}, {n.conv(x, c, c, 3, true)});
       Ref z = n.sum(n.norm(n.conv(y, c, c, 1), c), y);
       return n.add("ReLU6", {}, {n.norm(n.conv(n.add("ReLU6", {}, {z}), c, c), c)});
     }},
    {"inverted_residual",
     [](Net& n, Ref x, int64_t c) {
       Ref y = n.relu(n.norm(n.conv(x, c, 2 * c, 1), 2 * c));
       Ref z = n.add("ReLU6", {}, {n.norm(n.depthwise(y, 2 * c, 1), 2 * c)});
       Ref a = n.sum(n.conv(z, 2 * c, c, 1), x);
       Ref b = n.depthwise(n.conv(a, c, 4 * c, 1, true), 4 * c, 2, true);
       return n.conv(b, 4 * c, c, 1);
     }},
    {"pointwise_read_twice",
     [](Net& n, Ref x, int64_t c) {
       Ref y = n.relu(n.conv(x, c, 2 * c, 1));
       return n.sum(n.depthwise(y, 2 * c, 1), y);
     }},
    {"pool_of_blocks",
     [](Net& n, Ref x, int64_t c) {
       return n.add("GlobalAvgPool2d", {}, {n.relu(n.norm(n.conv(x, c, c), c))});
     }},
    {"join_of_joins",
     [](Net& n, Ref x, int64_t c) {
       Ref y = n.conv(x, c, c);
       Ref a = n.join({n.relu(n.norm(y, c)), n.norm(n.conv(y, c, c), c)});
       Ref b = n.join({a, n.relu(n.norm(n.conv(y, c, c, 1), c))});
       return n.conv(n.relu(b), 3 * c, c);
     }},
    {"lrn",
     [](Net& n, Ref x, int64_t c) {
       Ref y = n.add("LRN", {{"size", int64_t{5}}, {"alpha", 0.5}}, {n.conv(x, c, c)});
       return n.conv(n.add("LRN", {{"size", int64_t{3}}, {"beta", 0.6}}, {n.relu(y)}), c, c);
     }},
    {"classifier",
     [](Net& n, Ref x, int64_t c) {
       Ref y = n.add("MaxPool2d", {{"kernel_size", Dims{2}}}, {n.relu(n.norm(n.conv(x, c, c), c))});
       Ref z = n.add("Flatten", {}, {n.relu(n.sum(y, n.conv(y, c, c)))});
       Ref wide = n.add("Linear", {{"in_features", 6 * c}, {"out_features", int64_t{20}}}, {z});
       return n.add("Linear", {{"in_features", int64_t{20}}, {"out_features", int64_t{7}}},
                    {n.relu(wide)});
     }},
    {"join_is_output",
     [](Net& n, Ref x, int64_t c) {
       return n.join({n.relu(n.norm(n.conv(x, c, c), c)), n.norm(n.conv(x, c, c, 1), c)});
     }},
};

Graph graph_of(const Case& c, int64_t channels) {
  Net net;
  Ref x = net.graph.input("input", {channels, 5, 6});
  net.graph.output(c.make(net, x, channels));
  return net.graph;
}

std::string name_of(size_t index, int64_t channels) {
  return cat(kCases[index].name, "_", channels);
}

}  // namespace firesteel::testing
