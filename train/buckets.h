// SPDX-License-Identifier: Apache-2.0
// Buckets: the parts of the flat buffer that are summed over workers one after the other, so that the
// gradients of the last layers travel while those before them are still computed.
#pragma once

#include <algorithm>
#include <vector>

#include "core/collective.h"
#include "nn/params.h"

namespace firesteel {

// In the order of the flat buffer, cut between parameters; state is a bucket of its own, the last one.
// Large row-sparse parameters have buckets of their own. The first buckets are small: they are final
// last, and everybody waits for them. They are the same on all workers.
std::vector<Slice> make_buckets(const ParamTable& table);

// In which order buckets are final: those of the last layers first, state at the end.
std::vector<size_t> backward_order(const std::vector<Slice>& buckets, const ParamTable& table);

// Which buckets have few rows with gradients: large tables that a batch reads rows of.
std::vector<bool> row_sparse(const std::vector<Slice>& buckets, const ParamTable& table);

// What worker `rank` of `size` owns of a bucket.
inline Slice owned(Slice bucket, int rank, int size) {
  Slice part = slice_of(bucket.size(), rank, size);
  return {bucket.begin + part.begin, bucket.begin + part.end};
}

// Whether each worker sums and updates all parameters (in what all have sent), instead of a part that it
// then hands round: everybody waits for everybody once in an iteration and not twice, but more is sent.
// parameters: all numbers of the flat buffer. sharded_from: FitSpec's.
bool updates_all(int64_t parameters, int workers, int64_t sharded_from);

// Calls body(index of a parameter, its part of the slice) for all that have one.
template <class Body>
void each_param(const ParamTable& table, Slice slice, const Body& body) {
  const auto& params = table.params();
  auto first = std::ranges::partition_point(
      params, [&](const Param& p) { return p.offset + p.size <= slice.begin; });
  for (auto p = first; p != params.end() && p->offset < slice.end; ++p) {
    Slice part{std::max(p->offset, slice.begin), std::min(p->offset + p->size, slice.end)};
    if (part.size() > 0) body(static_cast<size_t>(p - params.begin()), part);
  }
}

}  // namespace firesteel
