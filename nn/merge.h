// SPDX-License-Identifier: Apache-2.0
// How composites make one value of several, as an attribute.
#pragma once

#include <string>
#include <vector>

#include "nn/composite.h"

namespace firesteel {

namespace rules {
struct Merge {
  static std::string text() { return "must be concat, sum, mul, average or max"; }
  constexpr bool operator()(const std::string& name) const {
    return name == "concat" || name == "sum" || name == "mul" || name == "average" || name == "max";
  }
};
}  // namespace rules
inline constexpr rules::Merge known_merge;

// concat: along the last extent.
inline Ref merged(Composite::Net& net, const std::string& name, const std::string& how,
                  const std::vector<Ref>& values) {
  if (how == "concat") return net.add(name, "Concat", {{"dim", int64_t{-1}}}, values);
  const char* kind = how == "sum"       ? "Add"
                     : how == "mul"     ? "Mul"
                     : how == "average" ? "Average"
                                        : "Maximum";
  return net.add(name, kind, {}, values);
}

}  // namespace firesteel
