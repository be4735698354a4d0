// SPDX-License-Identifier: Apache-2.0
// What the epochs of a fit came to: what schedules and triggers may depend on.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/json.h"

namespace firesteel {

// Results of training and validation, known after so many iterations.
struct Observation {
  int64_t step = 0;
  std::map<std::string, double> results;  // "loss", "test_loss", "accuracy", ...

  bool has(const std::string& name) const { return results.contains(name); }
  double of(const std::string& name) const { return results.at(name); }
};

// [[step, {"loss": 0.3, ...}], ...]; null stands for what is not a finite number.
Json observed_to_json(const std::vector<Observation>& observed);
std::vector<Observation> observed_from_json(const Json& list, const std::string& where);

// Of a number of results the best, and whether others are better by a margin: by a part of the best one
// ("rel") or a number ("abs").
struct Improvement {
  bool highest = false;  // is best
  double threshold = 0;
  bool relative = true;

  double worst() const;
  bool better(double value, double best) const;
};

}  // namespace firesteel
