// SPDX-License-Identifier: Apache-2.0
#include "tests/golden/golden.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

namespace firesteel::testing {

double tolerance(const std::string& kind) {
  // f32 against f64. Sums of many products round more often.
  static const std::map<std::string, double> kTable = {
      {"Conv2d", 2e-5}, {"Linear", 1e-5}, {"BatchNorm", 2e-5}, {"SGD", 1e-6},      {"LBFGS", 1e-3},
      {"Add", 1e-6},    {"ReLU", 0},      {"Flatten", 0},      {"MaxPool2d", 1e-6}};
  auto found = kTable.find(kind);
  return found == kTable.end() ? 1e-5 : found->second;
}

Tensor tensor(const Json& doc) {
  return {doc.at("shape").get<Shape>(), doc.at("data").get<std::vector<float>>()};
}

std::vector<Tensor> tensors(const Json& doc) {
  std::vector<Tensor> all;
  if (!doc.is_array()) return {tensor(doc)};
  for (const Json& one : doc) all.push_back(tensor(one));
  return all;
}

double difference(const float* got, const std::vector<float>& expected) {
  double scale = 1, most = 0;
  for (float value : expected) scale = std::max(scale, std::abs(static_cast<double>(value)));
  for (size_t i = 0; i < expected.size(); ++i) {
    double here = std::abs(static_cast<double>(got[i]) - static_cast<double>(expected[i]));
    most = std::isnan(here) ? INFINITY : std::max(most, here / scale);
  }
  return most;
}

std::vector<Golden> golden_cases() {
  std::filesystem::path folder = std::getenv("FIRESTEEL_SOURCE");
  std::vector<Golden> cases;
  for (const auto& file : std::filesystem::directory_iterator(folder / "tests/golden/values")) {
    std::stringstream text;
    text << std::ifstream(file.path()).rdbuf();
    Json doc = parse_json(text.str(), file.path().string());
    cases.push_back({doc.at("case"), doc.at("kind"), doc.at("family"), doc});
  }
  std::sort(cases.begin(), cases.end(),
            [](const Golden& a, const Golden& b) { return a.name < b.name; });
  return cases;
}

}  // namespace firesteel::testing
