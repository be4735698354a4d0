// SPDX-License-Identifier: Apache-2.0
// Ids of single numbers along one extent: input 1 has the shape of input 0 but for that extent.
#pragma once

#include <algorithm>

#include "nn/layers/arithmetic/rows.h"
#include "nn/layers/shape/blocks.h"
#include "nn/layers/shape/extents.h"
#include "nn/layers/shape/ids.h"

namespace firesteel {

inline void require_alike(const Shape& whole, const Shape& ids, int64_t dim) {
  size_t at = place_of(dim, whole);
  Shape alike = ids;
  if (alike.size() == whole.size()) alike[at] = whole[at];
  require(alike == whole, "inputs must be alike but in extent ", dim, ", got ",
          without_batch(whole), " and ", without_batch(ids));
}

class ElementIds {
 public:
  static void prepare(Prepare& p) { p.save(static_cast<size_t>(numel(p.in(1))) * sizeof(int64_t)); }
  // In forward: reads input 1. Throws ShapeError.
  template <class T>
  static ElementIds read(Run& r, const std::string& kind, int64_t dim) {
    ElementIds made(r, dim);
    read_ids(kind, static_cast<const T*>(r.x(1)), numel(r.in(1)), made.whole_.extent,
             static_cast<int64_t*>(r.saved()));
    return made;
  }
  // In backward: as they were read.
  ElementIds(const Run& r, int64_t dim)
      : whole_(r.in(), static_cast<int64_t>(extent_of(dim, r.in()))),
        count_(r.in(1)[extent_of(dim, r.in())]),
        rows_(r.rows()),
        ids_(static_cast<const int64_t*>(r.saved())) {}

  // body(index of the number that an id names, index of the id), each row in the order of its ids,
  // or from the last one to the first.
  template <class Body>
  void each(const Body& body, bool backwards = false) const {
    int64_t outer = whole_.outer / rows_, inner = whole_.inner;
    each_row(rows_, outer * count_ * inner, [&](int64_t n) {
      for (int64_t o = n * outer; o < (n + 1) * outer; ++o) {
        for (int64_t i = 0; i < count_; ++i) {
          int64_t k = backwards ? count_ - 1 - i : i;
          for (int64_t j = 0; j < inner; ++j) {
            int64_t part = (o * count_ + k) * inner + j;
            body((o * whole_.extent + ids_[part]) * inner + j, part);
          }
        }
      }
    });
  }

 private:
  Blocks whole_;
  int64_t count_, rows_;
  const int64_t* ids_;
};

}  // namespace firesteel
