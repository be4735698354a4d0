// SPDX-License-Identifier: Apache-2.0
// Parameter groups: what a fit says of the updates of some parameters, by their names.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "nn/params.h"
#include "train/optimizer.h"

namespace firesteel {

// {"match": "conv*.weight", "lr": 0.1, "weight_decay": 0.01, "l1": 0, "l2": 0, "freeze": false,
//  "optimizer": {"kind": ...}}, all but match optional. A parameter is in the first group that matches it.
struct ParamGroup {
  std::string match;  // a name, in which * stands for any letters and ? for one
  double lr = 1;  // factor on the optimizer's
  std::optional<double> weight_decay;  // instead of the optimizer's, and of biases too
  double l1 = 0, l2 = 0;  // penalties: l1 sign(w) + l2 w is added to gradients
  bool freeze = false;  // neither updates nor decay
  std::unique_ptr<Optimizer> optimizer;  // null: the fit's
};

// Throws AttrError / FormatError.
std::vector<ParamGroup> groups_from_json(const Json& list);
Json groups_to_json(std::span<const ParamGroup> groups);

bool matches(std::string_view pattern, std::string_view name);

// How a parameter is updated.
struct ParamRule {
  const Optimizer* optimizer = nullptr;  // null: it stays as it is, or is state
  double lr = 0;  // before the schedule
  float weight_decay = 0, l1 = 0, l2 = 0;
  bool scaled = false;  // by layer-wise methods

  Norms norms() const { return optimizer ? optimizer->norms() : Norms::none; }
};

// Of each of the table's parameters. Throws AttrError where a group has none.
std::vector<ParamRule> rules_of(const ParamTable& table, const Optimizer& usual,
                                std::span<const ParamGroup> groups);

}  // namespace firesteel
