// SPDX-License-Identifier: Apache-2.0
// A training plan of a named model for two rows, with memory of its own.
#pragma once

#include <memory>
#include <string>

#include "core/buffer.h"
#include "nn/model.h"
#include "nn/model_api.h"
#include "nn/plan.h"

namespace firesteel::testing {

struct BoundPlan {
  explicit BoundPlan(const std::string& name)
      : model(Model::make(graph_from_json(named_graph(name), name), 1)),
        packed(Env{}, model.values.data()),
        plan(compile(model.graph, model.table, 2, Env{}, packed)),
        arena(plan->arena_bytes()) {
    plan->bind(arena.data());
  }

  Model model;
  PackedParams packed;
  std::unique_ptr<Plan> plan;
  AlignedBuffer arena;
};

}  // namespace firesteel::testing
