// SPDX-License-Identifier: Apache-2.0
// The inputs of a layer's sample: random numbers that they may have, and how a graph has them.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "core/rng.h"
#include "nn/models/zoo.h"

namespace firesteel {

// Away from the kinks, where a central difference is not the gradient.
inline double sample_input(const Sample& sample, size_t input, Rng& rng) {
  const auto& kinks = sample.kinks;
  const auto& ids = sample.ids_inputs;
  bool is_ids = ids.empty() || std::find(ids.begin(), ids.end(), input) != ids.end();
  while (true) {
    if (sample.ids_below > 0 && is_ids) return static_cast<double>(rng.next() % sample.ids_below);
    double value = rng.normal();
    if (value < sample.least || value > sample.most) continue;
    bool near = std::any_of(kinks.begin(), kinks.end(),
                            [&](double kink) { return std::abs(value - kink) < 0.05; });
    if (!near) return value;
  }
}

// Input after input.
inline std::vector<double> sample_inputs(const Sample& sample, Rng& rng) {
  std::vector<double> numbers;
  for (size_t i = 0; i < sample.in.size(); ++i) {
    for (int64_t e = 0; e < numel(sample.in[i]); ++e) {
      numbers.push_back(sample_input(sample, i, rng));
    }
  }
  return numbers;
}

// Rows of the batch: rows of an input that has more are its steps.
inline int64_t batch_of(const Shapes& in) {
  int64_t rows = in[0][0];
  for (const Shape& shape : in) rows = std::min(rows, shape[0]);
  return rows;
}

// An input of this shape to a graph for batches of so many rows.
inline Ref add_input(Graph& graph, const std::string& name, const Shape& shape, int64_t rows) {
  if (shape[0] == rows) return graph.input(name, without_batch(shape));
  Shape steps = shape;
  steps[0] /= rows;
  return graph.add(name + "_rows", layer("StepsToRows"), {graph.input(name, steps)});
}

}  // namespace firesteel
