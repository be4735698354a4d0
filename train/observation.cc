// SPDX-License-Identifier: Apache-2.0
#include "train/observation.h"

#include <cmath>
#include <limits>

namespace firesteel {

Json observed_to_json(const std::vector<Observation>& observed) {
  Json list = Json::array();
  for (const Observation& seen : observed) list.push_back(Json::array({seen.step, seen.results}));
  return list;
}

std::vector<Observation> observed_from_json(const Json& list, const std::string& where) {
  std::vector<Observation> observed;
  require<FormatError>(list.is_array(), where, ".observed: must be a list");
  for (const Json& seen : list) {
    bool valid =
        seen.is_array() && seen.size() == 2 && seen[0].is_number_integer() && seen[1].is_object();
    require<FormatError>(valid, where, ".observed: must be pairs of step and results, got ",
                         seen.dump());
    Observation one{seen[0].get<int64_t>(), {}};
    for (const auto& [name, value] : seen[1].items()) {
      require<FormatError>(value.is_number() || value.is_null(), where, ".observed: '", name,
                           "' must be a number, got ", value.dump());
      one.results[name] =
          value.is_number() ? value.get<double>() : std::numeric_limits<double>::quiet_NaN();
    }
    observed.push_back(std::move(one));
  }
  return observed;
}

double Improvement::worst() const {
  constexpr double kNone = std::numeric_limits<double>::infinity();
  return highest ? -kNone : kNone;
}

bool Improvement::better(double value, double best) const {
  double margin = 0;  // of the first one
  if (!std::isinf(best)) margin = relative ? threshold * std::abs(best) : threshold;
  return highest ? value > best + margin : value < best - margin;
}

}  // namespace firesteel
