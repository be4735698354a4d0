// SPDX-License-Identifier: Apache-2.0
#include "train/buckets.h"

#include <algorithm>

namespace firesteel {
namespace {

constexpr int64_t kFirstFloats = 1 << 16;
// More than that a worker does not send for the sake of a wait less: 0.1 ms at 10 Gb/s.
constexpr int64_t kMostExtraFloats = 1 << 15;
constexpr int64_t kMostFloats = 1 << 20;  // but for a single parameter that is larger

bool is_sparse(const Param& p) { return p.spec.row_sparse && p.size >= kFirstFloats; }

}  // namespace

std::vector<Slice> make_buckets(const ParamTable& table) {
  std::vector<Slice> buckets;
  int64_t begin = 0, wanted = kFirstFloats;
  bool apart = false;  // the parameter before
  for (const Param& p : table.params()) {
    if (p.spec.state) break;
    // A parameter begins a bucket where the one before it is full.
    bool begins = p.offset - begin >= wanted || is_sparse(p) || apart;
    apart = is_sparse(p);
    if (!begins || p.offset == begin) continue;
    buckets.push_back({begin, p.offset});
    begin = p.offset;
    wanted = std::min(2 * wanted, kMostFloats);
  }
  if (table.trainable() > begin || buckets.empty()) buckets.push_back({begin, table.trainable()});
  if (table.total() > table.trainable()) buckets.push_back({table.trainable(), table.total()});
  return buckets;
}

std::vector<bool> row_sparse(const std::vector<Slice>& buckets, const ParamTable& table) {
  std::vector<bool> sparse(buckets.size(), false);
  for (const Param& p : table.params()) {
    if (!is_sparse(p)) continue;
    for (size_t b = 0; b < buckets.size(); ++b) {
      if (buckets[b].begin == p.offset) sparse[b] = true;
    }
  }
  return sparse;
}

bool updates_all(int64_t parameters, int workers, int64_t sharded_from) {
  if (workers == 1 || parameters >= sharded_from) return false;
  // Everything to all others, instead of a part of it to each, twice.
  int64_t extra = parameters * (workers - 1) * (workers - 2) / workers;
  return extra <= kMostExtraFloats;
}

std::vector<size_t> backward_order(const std::vector<Slice>& buckets, const ParamTable& table) {
  std::vector<size_t> order;
  for (size_t b = buckets.size(); b-- > 0;) {
    if (buckets[b].begin < table.trainable() || b == 0) order.push_back(b);
  }
  if (order.size() < buckets.size()) order.push_back(buckets.size() - 1);
  return order;
}

}  // namespace firesteel
