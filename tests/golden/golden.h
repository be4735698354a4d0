// SPDX-License-Identifier: Apache-2.0
// Golden numbers: tests/golden/values/*.json, made by tools/golden.py with PyTorch in f64.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "core/json.h"

namespace firesteel::testing {

struct Golden {
  std::string name, kind, family;
  Json doc;
};

struct Tensor {
  Shape shape;
  std::vector<float> data;
};

inline void PrintTo(const Golden& golden, std::ostream* out) { *out << golden.name; }
std::vector<Golden> golden_cases();
Tensor tensor(const Json& doc);
// Of what may be one or a list of several.
std::vector<Tensor> tensors(const Json& doc);

// The largest difference, as a share of the largest expected magnitude (at least 1).
double difference(const float* got, const std::vector<float>& expected);
// What a kind may differ by; one table for all.
double tolerance(const std::string& kind);

}  // namespace firesteel::testing
