// SPDX-License-Identifier: Apache-2.0
// Small graphs in which something can be fused, or must not be, and everything that one run of them
// gives.
#pragma once

#include <string>
#include <vector>

#include "nn/graph.h"
#include "nn/models/zoo.h"
#include "nn/plan.h"

namespace firesteel::testing {

struct Results {
  std::vector<float> output, input_gradient, gradients;
  size_t arena_bytes = 0;
};
// Of random parameters and rows, the same ones for every env.
Results run(const Graph& graph, Env env, BatchSums* sums = nullptr);

struct Net {
  Graph graph;
  int count = 0;

  Ref add(const std::string& kind, const Attrs& attrs, std::vector<Ref> inputs) {
    return graph.add(cat("n", count++), layer(kind, attrs), std::move(inputs));
  }
  Ref conv(Ref x, int64_t in, int64_t out, int64_t kernel = 3, bool bias = false) {
    return add("Conv2d",
               {{"in_channels", in},
                {"out_channels", out},
                {"kernel_size", Dims{kernel}},
                {"padding", Dims{kernel / 2}},
                {"bias", bias}},
               {x});
  }
  Ref depthwise(Ref x, int64_t channels, int64_t stride, bool bias = false) {
    return add("Conv2d",
               {{"in_channels", channels},
                {"out_channels", channels},
                {"kernel_size", Dims{3}},
                {"stride", Dims{stride}},
                {"padding", Dims{1}},
                {"groups", channels},
                {"bias", bias}},
               {x});
  }
  Ref norm(Ref x, int64_t channels) { return add("BatchNorm", {{"num_features", channels}}, {x}); }
  Ref relu(Ref x) { return add("ReLU", {}, {x}); }
  Ref sum(Ref a, Ref b) { return add("Add", {}, {a, b}); }
  Ref join(std::vector<Ref> inputs) { return add("Concat", {}, std::move(inputs)); }
};

struct Case {
  const char* name;
  Ref (*make)(Net& net, Ref x, int64_t c);  // c channels in and out of every value
};
extern const std::vector<Case> kCases;
// The graph of a case for rows of `channels` x 5 x 6.
Graph graph_of(const Case& c, int64_t channels);
// kCases' names and the numbers of channels of a test.
std::string name_of(size_t index, int64_t channels);

}  // namespace firesteel::testing
