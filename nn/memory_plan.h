// SPDX-License-Identifier: Apache-2.0
// Where buffers lie in one arena: those that are never alive together share memory.
#pragma once

#include <cstddef>
#include <vector>

namespace firesteel {

struct Lifetime {
  size_t bytes = 0;
  int first = 0, last = -1;  // steps, both included; last < first: never used
};

struct MemoryPlan {
  std::vector<size_t> offsets;  // by buffer, multiples of 64
  size_t bytes = 0;             // of the arena
};

// Greedy by size: the largest buffer first, each at the lowest offset that is free for its
// lifetime. Pisarchyk and Lee, "Efficient memory management for deep neural net inference", 2020.
MemoryPlan plan_memory(const std::vector<Lifetime>& buffers);

}  // namespace firesteel
