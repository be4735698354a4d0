// SPDX-License-Identifier: Apache-2.0
#include "nn/memory_plan.h"

#include <algorithm>
#include <numeric>

#include "core/buffer.h"

namespace firesteel {

MemoryPlan plan_memory(const std::vector<Lifetime>& buffers) {
  std::vector<size_t> by_size(buffers.size());
  std::iota(by_size.begin(), by_size.end(), size_t{0});
  std::stable_sort(by_size.begin(), by_size.end(),
                   [&](size_t a, size_t b) { return buffers[a].bytes > buffers[b].bytes; });
  MemoryPlan plan{std::vector<size_t>(buffers.size(), 0), 0};
  std::vector<size_t> placed;  // in order of their offsets
  for (size_t b : by_size) {
    const Lifetime& life = buffers[b];
    if (life.last < life.first || life.bytes == 0) continue;
    size_t bytes = whole_lines(life.bytes);
    size_t at = 0;
    for (size_t p : placed) {
      const Lifetime& other = buffers[p];
      if (other.last < life.first || life.last < other.first) continue;
      if (plan.offsets[p] >= at + bytes) break;
      size_t end = plan.offsets[p] + whole_lines(other.bytes);
      at = std::max(at, end);
    }
    plan.offsets[b] = at;
    plan.bytes = std::max(plan.bytes, at + bytes);
    placed.insert(
        std::upper_bound(placed.begin(), placed.end(), b,
                         [&](size_t x, size_t y) { return plan.offsets[x] < plan.offsets[y]; }),
        b);
  }
  return plan;
}

}  // namespace firesteel
